// One ECharts canvas: follows its box, its option and the colour scheme; a drag over it chooses a range of its x axis.
import { useComputedColorScheme } from "@mantine/core";
import type { EChartsCoreOption, EChartsType } from "echarts/core";
import { useEffect, useRef, useState } from "react";

export interface Ink {
  text: string;
  soft: string;
  line: string;
  surface: string;
  accent: string;
}

export const INK: Record<"light" | "dark", Ink> = {
  light: { text: "#1a212b", soft: "#566273", line: "#e3e8ee", surface: "#ffffff", accent: "#3b82d6" },
  dark: { text: "#dde3ec", soft: "#98a4b5", line: "#272e39", surface: "#161a21", accent: "#5b9bea" },
};

export function useInk(): Ink {
  return INK[useComputedColorScheme("light")];
}

const DRAGGED = 6;

export function Chart(props: {
  option: EChartsCoreOption;
  height: number | string;
  label: string;
  /** Bounds of the dragged stretch in the x axis's own values. */
  onDrag?: (from: number, to: number) => void;
  onClick?: (event: { seriesName?: string; dataIndex: number; data: unknown }) => void;
  onReady?: (chart: EChartsType) => void;
}) {
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<EChartsType | null>(null);
  const latest = useRef(props);
  latest.current = props;
  const [drag, setDrag] = useState<[number, number] | null>(null);
  const from = useRef<number | null>(null);

  useEffect(() => {
    let gone = false;
    let watch: ResizeObserver | undefined;
    void import("./echarts").then(({ init }) => {
      if (gone || !box.current) return;
      const made = init(box.current);
      chart.current = made;
      made.setOption(latest.current.option, { notMerge: true });
      made.on("click", (event) => latest.current.onClick?.(event as never));
      latest.current.onReady?.(made);
      watch = new ResizeObserver(() => made.resize());
      watch.observe(box.current);
    });
    return () => {
      gone = true;
      watch?.disconnect();
      chart.current?.dispose();
      chart.current = null;
    };
  }, []);

  useEffect(() => {
    chart.current?.setOption(props.option, { notMerge: true });
  }, [props.option]);

  const place = (event: React.PointerEvent) =>
    event.clientX - (box.current?.getBoundingClientRect().left ?? 0);
  const end = () => {
    const made = chart.current;
    if (drag && made && Math.abs(drag[1] - drag[0]) > DRAGGED) {
      const [a, b] = drag.map((x) => made.convertFromPixel({ xAxisIndex: 0 }, x) as unknown as number) as [
        number,
        number,
      ];
      props.onDrag?.(Math.min(a, b), Math.max(a, b));
    }
    from.current = null;
    setDrag(null);
  };

  return (
    <div
      className="chart"
      style={{ height: props.height }}
      onPointerDown={(event) => {
        if (props.onDrag && event.button === 0) from.current = place(event);
      }}
      onPointerMove={(event) => {
        if (from.current !== null) setDrag([from.current, place(event)]);
      }}
      onPointerUp={end}
      onPointerLeave={end}
    >
      <div ref={box} role="img" aria-label={props.label} style={{ height: "100%" }} />
      {drag && (
        <div
          className="dragged"
          style={{ left: Math.min(...drag), width: Math.abs(drag[1] - drag[0]) }}
          aria-hidden
        />
      )}
    </div>
  );
}
