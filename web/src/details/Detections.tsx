import { useState } from "react";
import type { Detection, InferenceDetails } from "../api/types";
import { colourOf } from "../charts/colours";
import { confidence } from "../parts/format";
import { Value } from "../parts/Value";
import { boxOf } from "./geometry";

export function Detections(props: {
  item: InferenceDetails;
  highlighted: Detection | null;
  highlight: (detection: Detection | null) => void;
}) {
  const [by, setBy] = useState<"confidence" | "class">("confidence");
  const rows = [...props.item.detections].sort((a, b) =>
    by === "class" ? a.class.localeCompare(b.class) : (b.confidence ?? 0) - (a.confidence ?? 0),
  );
  if (rows.length === 0) return <p className="nothing">Nothing was detected</p>;
  const head = (key: "confidence" | "class", label: string) => (
    <th
      className={key === "confidence" ? "number" : ""}
      aria-sort={by === key ? (key === "class" ? "ascending" : "descending") : "none"}
    >
      <button type="button" className="plain" onClick={() => setBy(key)}>
        {label} {by === key && (key === "class" ? "↑" : "↓")}
      </button>
    </th>
  );
  return (
    <table className="list">
      <thead>
        <tr>
          {head("class", "Class")}
          {head("confidence", "Confidence")}
          <th className="number">Left, top</th>
          <th className="number">Size</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((one, index) => {
          const box = boxOf(one);
          return (
            <tr
              // biome-ignore lint/suspicious/noArrayIndexKey: detections have no identity of their own
              key={index}
              onMouseEnter={() => props.highlight(one)}
              onMouseLeave={() => props.highlight(null)}
            >
              <td>
                <span className="row">
                  <span className="swatch" style={{ background: colourOf("class", one.class) }} aria-hidden />
                  <Value name="class" value={one.class} size={40} />
                </span>
              </td>
              <td className="number">{confidence(one.confidence)}</td>
              <td className="number soft">{box ? `${Math.round(box.left)}, ${Math.round(box.top)}` : "–"}</td>
              <td className="number soft">
                {box ? `${Math.round(box.width)} × ${Math.round(box.height)}` : "–"}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
