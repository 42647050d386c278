// The addresses: /app/{workspace}/{page}?view. Every page is a file of its own, loaded when it is first opened.
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Navigate,
  Outlet,
} from "@tanstack/react-router";
import { Entrance } from "./Entrance";
import { Shell } from "./Shell";
import { parseSearch, readView, writeSearch } from "./view";

const root = createRootRoute({ component: Outlet, validateSearch: readView, notFoundComponent: Entrance });
const entrance = createRoute({ getParentRoute: () => root, path: "/", component: Entrance });
const workspace = createRoute({ getParentRoute: () => root, path: "$workspace", component: Shell });
const first = createRoute({
  getParentRoute: () => workspace,
  path: "/",
  component: () => <Navigate to={"./overview" as never} replace />,
});

const page = (path: string, load: () => Promise<Record<string, unknown>>, name: string) =>
  createRoute({
    getParentRoute: () => workspace,
    path,
    component: lazyRouteComponent(load as () => Promise<Record<string, () => React.ReactNode>>, name),
  });

const pages = [
  page("overview", () => import("../pages/Overview"), "Overview"),
  page("inferences", () => import("../inferences/Inferences"), "Inferences"),
  page("models", () => import("../pages/Models"), "Models"),
  page("fields", () => import("../pages/Fields"), "Fields"),
  page("explore", () => import("../pages/Explore"), "Explore"),
  page("start", () => import("../pages/GetStarted"), "GetStarted"),
  page("settings", () => import("../pages/Settings"), "Settings"),
];

export const router = createRouter({
  routeTree: root.addChildren([entrance, workspace.addChildren([first, ...pages])]),
  basepath: "/app",
  parseSearch,
  stringifySearch: writeSearch,
  defaultPreload: "intent",
});
