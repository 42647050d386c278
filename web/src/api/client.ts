// One door to the server: asks, sends, and turns every failure into an ApiError with the server's own words.

export type Parameters = Record<string, string | number | null | undefined>;

export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly hint: string | null = null,
    readonly where: string | null = null,
  ) {
    super(message);
  }

  /** Where in the filter's text the server stumbled, counted from 0; null when it was not the filter. */
  get column(): number | null {
    const found = this.where?.match(/^filter, column (\d+)/);
    return found ? Number(found[1]) - 1 : null;
  }
}

export function address(path: string, parameters: Parameters = {}): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== null && value !== undefined && value !== "") query.set(name, String(value));
  }
  const text = query.toString();
  return text ? `${path}?${text}` : path;
}

async function answer<T>(response: Response): Promise<T> {
  const text = await response.text();
  let body: unknown = null;
  try {
    body = text ? JSON.parse(text) : null;
  } catch {
    // A proxy in between may answer with a page; its status says enough.
  }
  if (response.ok) return body as T;
  const told = (body ?? {}) as { message?: string; error?: string; hint?: string; where?: string };
  const message = told.message ?? told.error ?? `The server answered ${response.status}`;
  throw new ApiError(response.status, message, told.hint ?? null, told.where ?? null);
}

async function call<T>(request: () => Promise<Response>): Promise<T> {
  let response: Response;
  try {
    response = await request();
  } catch (failure) {
    if (failure instanceof DOMException && failure.name === "AbortError") throw failure;
    throw new ApiError(0, "The server cannot be reached", "Is it running?");
  }
  return answer<T>(response);
}

export function ask<T>(path: string, parameters?: Parameters, signal?: AbortSignal): Promise<T> {
  return call<T>(() => fetch(address(path, parameters), { signal, headers: { Accept: "application/json" } }));
}

export function send<T>(method: "POST" | "PUT" | "DELETE", path: string, body?: unknown): Promise<T> {
  return call<T>(() =>
    fetch(path, {
      method,
      // The server refuses writes by cookie without this header: other sites cannot set it.
      headers: {
        Accept: "application/json",
        "X-Sightline": "page",
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    }),
  );
}

export const workspacePath = (workspace: string, rest: string) =>
  `/api/v1/${encodeURIComponent(workspace)}/${rest}`;

export const inferencePath = (workspace: string, id: string, rest = "") =>
  workspacePath(workspace, `inferences/${encodeURIComponent(id)}${rest}`);
