// Keys, workspaces, and which pictures are kept for how long.
import { useWhoami } from "../api/questions";
import { ImagePolicyPanel } from "./ImagePolicy";
import { Keys } from "./Keys";
import { Workspaces } from "./Workspaces";
import "./pages.css";

export function Settings() {
  const who = useWhoami();
  const admin = who.data?.scopes.includes("admin") ?? false;
  return (
    <main className="page">
      <div className="page-title">
        <h1>Settings</h1>
        {!admin && (
          <span className="soft">
            Your key “{who.data?.key}” may look, but not change: that needs the scope admin.
          </span>
        )}
      </div>
      <div className="grid">
        {admin && <Keys />}
        <ImagePolicyPanel admin={admin} />
        {admin && <Workspaces />}
      </div>
    </main>
  );
}
