// Who is not logged in yet gives a key; who is goes on to the workspace.
import { Button, PasswordInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { Navigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { ApiError, send } from "../api/client";
import { useWhoami } from "../api/questions";
import { Logo } from "./Logo";

export function Entrance() {
  const who = useWhoami();
  if (who.data) return <Navigate to={`/${who.data.workspace}/overview` as never} replace />;
  if (who.isPending) return null;
  return <LogIn failure={who.error} />;
}

export function LogIn({ failure }: { failure: Error | null }) {
  const queries = useQueryClient();
  const [key, setKey] = useState("");
  const [refused, setRefused] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);

  async function enter(event: FormEvent) {
    event.preventDefault();
    setBusy(true);
    setRefused(null);
    try {
      await send("POST", "/app/session", { api_key: key.trim() });
      await queries.resetQueries();
    } catch (error) {
      setRefused(
        error instanceof ApiError && error.status === 401
          ? "No workspace has this key"
          : String((error as Error).message),
      );
    } finally {
      setBusy(false);
    }
  }

  const unreachable = failure instanceof ApiError && failure.status !== 401 && failure.status !== 403;
  return (
    <main className="nothing log-in">
      <Logo size={40} />
      <h1>Sightline</h1>
      <p className="soft">
        Open the one-time link that <code>sightline serve</code> printed, or log in with an API key.
      </p>
      <form onSubmit={enter} className="row">
        <PasswordInput
          aria-label="API key"
          placeholder="API key"
          value={key}
          onChange={(event) => setKey(event.currentTarget.value)}
          error={refused}
          autoComplete="current-password"
          w={320}
          autoFocus
        />
        <Button type="submit" loading={busy} disabled={!key.trim()}>
          Log in
        </Button>
      </form>
      {unreachable && <p className="bad">{failure.message}</p>}
    </main>
  );
}
