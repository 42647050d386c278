// Tooltips are built as elements with text in them: what users named can never become markup, and no style attribute
// is needed.
export interface TooltipRow {
  colour: string;
  name: string;
  value: string;
}

export function tooltip(title: string, rows: TooltipRow[], foot?: string): HTMLElement {
  const box = document.createElement("div");
  box.className = "tooltip";
  const line = (text: string, className: string, parent: HTMLElement = box) => {
    const element = document.createElement("div");
    element.className = className;
    element.textContent = text;
    parent.append(element);
    return element;
  };
  line(title, "title");
  for (const row of rows.slice(0, 12)) {
    const element = line("", "line");
    const swatch = line("", "swatch", element);
    swatch.style.background = row.colour;
    line(row.name.length > 48 ? `${row.name.slice(0, 47)}…` : row.name, "name", element);
    line(row.value, "figure", element);
  }
  if (rows.length > 12) line(`and ${rows.length - 12} more`, "soft");
  if (foot) line(foot, "soft");
  return box;
}

export const tooltipOption = (ink: { surface: string; line: string; text: string }) => ({
  confine: true,
  transitionDuration: 0,
  backgroundColor: ink.surface,
  borderColor: ink.line,
  padding: [6, 9],
  textStyle: { color: ink.text, fontSize: 12 },
});
