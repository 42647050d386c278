// Lists of names, as the questions take them: separated by commas; a name with a comma or quote in it stands in quotes.

export function writeNames(names: string[]): string {
  return names.map((name) => (/[",]|^\s|\s$/.test(name) ? `"${name.replace(/"/g, '""')}"` : name)).join(",");
}

export function readNames(text: string): string[] {
  const names = [...text.matchAll(/\s*(?:"((?:[^"]|"")*)"|([^,]*))\s*(?:,|$)/g)];
  return names.map(([, quoted, bare]) => quoted?.replace(/""/g, '"') ?? bare?.trim() ?? "").filter(Boolean);
}
