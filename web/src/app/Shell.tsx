// The frame around every page of a workspace: rail, header with time and live, command bar, keys.
import { ActionIcon, Button, Menu, Tooltip } from "@mantine/core";
import {
  IconAdjustmentsHorizontal,
  IconChartBar,
  IconCommand,
  IconCube,
  IconGauge,
  IconLogout,
  IconPhotoSearch,
  IconPlayerPause,
  IconPlayerPlay,
  IconRocket,
  IconTags,
  IconUserCircle,
} from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { Link, Navigate, Outlet, useLocation } from "@tanstack/react-router";
import { useState } from "react";
import { ApiError, send } from "../api/client";
import { useWhoami } from "../api/questions";
import { CommandBar } from "./CommandBar";
import { LogIn } from "./Entrance";
import { HelpOnKeys } from "./HelpOnKeys";
import { useKeys } from "./keys";
import { Logo } from "./Logo";
import { TimePicker } from "./TimePicker";
import { shared, useView, useWorkspace } from "./view";

const PAGES = [
  ["overview", "Overview", IconGauge],
  ["inferences", "Inferences", IconPhotoSearch],
  ["models", "Models", IconCube],
  ["fields", "Fields", IconTags],
  ["explore", "Explore", IconChartBar],
] as const;
const MORE = [
  ["start", "Get started", IconRocket],
  ["settings", "Settings", IconAdjustmentsHorizontal],
] as const;

export function Shell() {
  const workspace = useWorkspace();
  const who = useWhoami();
  // The page's questions need not wait for the answer to who asks them.
  if (who.isPending) return <Frame />;
  if (!who.data) return <LogIn failure={who.error} />;
  if (who.data.workspace !== workspace) return <Elsewhere wanted={workspace} own={who.data.workspace} />;
  return <Frame />;
}

/** A link into a workspace that the session's key does not open. */
function Elsewhere({ wanted, own }: { wanted: string; own: string }) {
  const [stay, setStay] = useState(true);
  if (!stay) return <Navigate to={`/${own}/overview` as never} replace />;
  return (
    <main className="nothing log-in">
      <Logo size={40} />
      <strong>This link is of the workspace “{wanted}”</strong>
      <p>
        You are logged in to “{own}”. To see the link, log out and log in with a key of “{wanted}”.
      </p>
      <div className="row">
        <Button onClick={() => setStay(false)}>Go to {own}</Button>
        <LogOut />
      </div>
    </main>
  );
}

function useLogOut() {
  const queries = useQueryClient();
  return async () => {
    try {
      await send("DELETE", "/app/session");
    } catch (failure) {
      if (!(failure instanceof ApiError)) throw failure;
    }
    await queries.resetQueries();
  };
}

function LogOut() {
  const leave = useLogOut();
  return (
    <Button variant="default" onClick={leave}>
      Log out
    </Button>
  );
}

function Frame() {
  const { view, change, go } = useView();
  const workspace = useWorkspace();
  const who = useWhoami();
  const path = useLocation({ select: (location) => location.pathname });
  const leave = useLogOut();
  const [commands, setCommands] = useState(false);
  const [help, setHelp] = useState(false);
  const [picker, setPicker] = useState(false);
  const live = view.live === "1";
  const timed = !/\/(start|settings)$/.test(path);
  const toggleLive = () => change({ live: live ? undefined : "1", end: undefined }, true);

  useKeys({
    "mod+k": () => setCommands(true),
    "?": () => setHelp(true),
    t: () => timed && setPicker(true),
    l: () => timed && toggleLive(),
    g: () => go("explore"),
    "1": () => go("overview"),
    "2": () => go("inferences"),
    "3": () => go("models"),
    "4": () => go("fields"),
    "5": () => go("explore"),
  });

  const link = ([page, label, Icon]: (typeof PAGES | typeof MORE)[number]) => {
    const here = path === `/${workspace}/${page}` || path.startsWith(`/${workspace}/${page}/`);
    return (
      <Link
        key={page}
        to={`/${workspace}/${page}` as never}
        search={shared(view) as never}
        aria-current={here ? "page" : undefined}
        aria-label={label}
      >
        <Icon size={17} stroke={1.7} aria-hidden />
        <span>{label}</span>
      </Link>
    );
  };

  return (
    <div className="frame">
      <header className="head">
        <Link className="brand" to={`/${workspace}/overview` as never} aria-label="Sightline, overview">
          <Logo />
          <span>Sightline</span>
        </Link>
        <span className="tag" title="Workspace">
          {workspace}
        </span>
        <button type="button" className="search-hint" onClick={() => setCommands(true)}>
          <IconCommand size={14} aria-hidden />
          <span>Go to, filter, find an inference…</span>
          <kbd>⌘K</kbd>
        </button>
        <div className="grow" />
        {timed && (
          <>
            <Tooltip label={live ? "Stop following (l)" : "Follow new inferences (l)"}>
              <Button
                size="xs"
                variant={live ? "filled" : "default"}
                aria-pressed={live}
                leftSection={live ? <IconPlayerPause size={14} /> : <IconPlayerPlay size={14} />}
                onClick={toggleLive}
              >
                Live
              </Button>
            </Tooltip>
            <TimePicker opened={picker} setOpened={setPicker} />
          </>
        )}
        <Menu position="bottom-end" withinPortal>
          <Menu.Target>
            <ActionIcon variant="subtle" color="gray" aria-label="Account">
              <IconUserCircle size={20} stroke={1.6} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Label>
              Key “{who.data?.key}” · {who.data?.scopes.join(", ")}
            </Menu.Label>
            <Menu.Item onClick={() => setHelp(true)}>Keyboard</Menu.Item>
            <Menu.Item component="a" href="/docs" target="_blank">
              API documentation
            </Menu.Item>
            <Menu.Item leftSection={<IconLogout size={14} />} onClick={leave}>
              Log out
            </Menu.Item>
            <Menu.Label>Sightline {who.data?.version}</Menu.Label>
          </Menu.Dropdown>
        </Menu>
      </header>
      <nav className="rail" aria-label="Pages">
        {PAGES.map(link)}
        <div className="gap" />
        {MORE.map(link)}
      </nav>
      <Outlet />
      <CommandBar opened={commands} close={() => setCommands(false)} />
      <HelpOnKeys opened={help} close={() => setHelp(false)} />
    </div>
  );
}
