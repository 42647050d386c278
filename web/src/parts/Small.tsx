// Small drawings: sparkline, share, change.
import { change as writeChange } from "./format";

/** Empty buckets are gaps. */
export function Sparkline(props: { values: (number | null)[]; colour?: string; height?: number }) {
  const { values, colour = "var(--accent)", height = 34 } = props;
  const told = values.filter((one) => one !== null);
  if (told.length < 2) return <svg height={height} width="100%" aria-hidden />;
  const top = Math.max(...told);
  const bottom = Math.min(...told, top * 0.9);
  const y = (value: number) => height - 3 - ((value - bottom) / (top - bottom || 1)) * (height - 6);
  const step = 100 / (values.length - 1);
  let path = "";
  let pen = false;
  values.forEach((value, index) => {
    if (value === null) pen = false;
    else {
      path += `${pen ? "L" : "M"}${(index * step).toFixed(2)} ${y(value).toFixed(1)}`;
      pen = true;
    }
  });
  return (
    <svg height={height} width="100%" viewBox={`0 0 100 ${height}`} preserveAspectRatio="none" aria-hidden>
      <path d={path} fill="none" stroke={colour} strokeWidth={1.6} vectorEffect="non-scaling-stroke" />
    </svg>
  );
}

export function Share({ value, colour = "var(--accent)" }: { value: number; colour?: string }) {
  return (
    <span className="share" aria-hidden>
      <svg width={64} height={6}>
        <rect width={Math.max(value > 0 ? 1.5 : 0, 64 * Math.min(1, value))} height={6} fill={colour} />
      </svg>
    </span>
  );
}

/** Change against the period before. `better` says which direction is good; none where neither is. */
export function Change({ value, better }: { value: number | null; better?: "up" | "down" }) {
  const flat = value === null || Math.abs(value) < 0.0005;
  const good = better && !flat ? (better === "up") === value > 0 : null;
  return (
    <span className={good === null ? "soft" : good ? "good" : "bad"} title="against the period before">
      {value !== null && !flat && <span aria-hidden>{value > 0 ? "▲ " : "▼ "}</span>}
      {value === null ? "nothing before" : writeChange(value)}
    </span>
  );
}

export function relative(now: number, before: number): number | null {
  return before ? (now - before) / before : null;
}
