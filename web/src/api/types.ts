// The native API's shapes, as docs/api.md gives them. Durations are seconds, boxes pixels around their centre.

export interface Whoami {
  workspace: string;
  scopes: string[];
  key: string;
  version: string;
}

export interface Totals {
  inferences: number;
  detections: number;
  confidence: number | null;
  latency: number | null;
  errors: number;
  models: number;
  devices: number;
}

export interface Summary {
  start: string;
  end: string;
  previous_start: string;
  sentence: string;
  current: Totals;
  previous: Totals;
  change: { [K in keyof Totals]: number | null };
}

export interface ClassRow {
  class: string;
  inferences: number;
  detections: number;
  confidence: number | null;
  share: number;
}

export interface ModelRow {
  model: string | null;
  project: string | null;
  version: string | null;
  task: string | null;
  inferences: number;
  previous_inferences: number;
  share: number;
  detections: number;
  confidence: number | null;
  latency: number | null;
  errors: number;
  first_seen: string;
  last_seen: string;
  classes: ClassRow[];
}

export interface SeriesItem {
  value: string | null;
  inferences: number[];
  detections: number[];
  confidence: (number | null)[];
  latency_p50: (number | null)[];
  latency_p95: (number | null)[];
  errors: number[];
}

export interface Series {
  bucket: string;
  buckets: string[];
  split: string | null;
  items: SeriesItem[];
}

export interface GroupRow {
  values: (string | null)[];
  inferences: number;
  share: number;
  detections: number;
  confidence: number | null;
  confidence_median: number | null;
  latency_p50: number | null;
  latency_p95: number | null;
  errors: number;
}

export interface Groups {
  by: string[];
  total_groups: number;
  inferences: number;
  items: GroupRow[];
  other: Pick<GroupRow, "inferences" | "share" | "detections" | "confidence" | "errors"> | null;
}

export interface Facet {
  name: string;
  kind: "builtin" | "built-in" | "field";
  type: string | null;
  complete: boolean;
  milliseconds: number;
  distinct: number | null;
  missing: number | null;
  values: { value: string; count: number }[] | null;
  histogram: { edges: number[]; counts: number[] } | null;
}

export interface Detection {
  class: string;
  confidence?: number | null;
  x?: number | null;
  y?: number | null;
  width?: number | null;
  height?: number | null;
  points?: number[][] | null;
  keypoints?: { x: number; y: number; confidence?: number; class?: string }[] | null;
}

export interface Inference {
  inference_id: string;
  time: string;
  model: string | null;
  task: string | null;
  device: string | null;
  server: string | null;
  source: string | null;
  tags: string[];
  deployment: string | null;
  threshold: string | null;
  latency: number | null;
  error: string | null;
  image: { width: number | null; height: number | null; stored: boolean } | null;
  detection_count: number;
  confidence: number | null;
  detections: Detection[];
  metadata: Record<string, string>;
}

export interface Found {
  items: Inference[];
  next_cursor: string | null;
  total: { value: number; exact: boolean };
  sentence: string;
}

export interface Change {
  field_value: string | null;
  time: string;
  by: string | null;
  request: string | null;
}

export interface AttachedValue extends Change {
  field_name: string;
  type: string;
  history: Change[];
}

export interface InferenceDetails extends Inference {
  values: AttachedValue[];
  reports: { kind: string; received: string; time: string | null }[];
  others: { time: string; model: string | null; number: number }[];
}

export interface Field {
  name: string;
  type: string;
  inferences: number;
  coverage: number;
  distinct: number;
  types: Record<string, number>;
  first_seen: string | null;
  last_seen: string | null;
  top_values: { value: string; count: number }[];
  look_alikes: string[];
}

export interface Fields {
  inferences: number;
  items: Field[];
}

export interface FieldValues {
  items: { value: string; count: number }[];
  more: boolean;
}

export interface Device {
  device: string;
  online: boolean;
  last_heartbeat: string | null;
  last_inference: string | null;
  inferences: number;
  previous_inferences: number;
  confidence: number | null;
  confidence_median: number | null;
  latency: number | null;
  errors: number;
  versions: string[];
  servers: string[];
  tags: string[];
  system: Record<string, unknown> | null;
}

export interface Waiting {
  values: number;
  ids: number;
  oldest: string | null;
  items: { inference_id: string; field_name: string; field_value: string | null; time: string }[];
}

export interface Rejected {
  total: number;
  items: { time: string; door: string; where: string; reason: string; kept: boolean; excerpt: string }[];
}

export interface Attached {
  matched: number;
  waiting: number;
}

export interface Key {
  id: string;
  name: string;
  scopes: string[];
  created?: string;
  last_used?: string | null;
  revoked?: string | null;
}

export interface WorkspaceRow {
  slug: string;
  name: string;
  created?: string;
}

export interface ImagePolicy {
  keep: "all" | "failures" | "sample" | "none";
  sample: number;
  confidence: number;
  days: number | null;
  waiting_days: number;
  bytes: number | null;
}
