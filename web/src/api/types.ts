// The native API's shapes by the names the page uses. They are made from the server's own document (`npm run types`),
// so that page and server cannot drift. Durations are seconds, boxes pixels around their centre.
import type { components } from "./openapi";

type Schemas = components["schemas"];

export type Whoami = Schemas["Whoami"];
export type Summary = Schemas["SummaryAnswer"];
export type ModelRow = Schemas["ModelItem"];
export type Series = Schemas["SeriesAnswer"];
export type SeriesItem = Schemas["SeriesItem"];
export type Groups = Schemas["GroupsAnswer"];
export type GroupRow = Schemas["GroupItem"];
export type Facet = Schemas["FacetItem"];
export type Fields = Schemas["FieldsAnswer"];
export type Field = Schemas["FieldItem"];
export type FieldValues = Schemas["ValuesAnswer"];
export type Device = Schemas["DeviceItem"];
export type Waiting = Schemas["WaitingAnswer"];
export type Rejected = Schemas["RejectedAnswer"];
export type Attached = Schemas["Matched"];
export type Key = Schemas["Key"];
export type WorkspaceRow = Schemas["WorkspaceRow"];
export type ImagePolicy = Required<Schemas["ImagePolicy"]>;
export type AttachedValue = Schemas["ValueItem"];

export interface Keypoint {
  x: number;
  y: number;
  confidence?: number;
  class?: string;
}

// The document does not say what a keypoint is made of.
type WithKeypoints<Item> = Omit<Item, "keypoints"> & { keypoints?: Keypoint[] | null };
type WithDetections<Item> = Omit<Item, "detections"> & { detections: Detection[] };
export type Detection = WithKeypoints<Schemas["Detection"]>;
export type Inference = WithDetections<Schemas["InferenceItem"]>;
export type Found = Omit<Schemas["SearchAnswer"], "items"> & { items: Inference[] };
export type InferenceDetails = WithDetections<Schemas["InferenceAnswer"]>;
