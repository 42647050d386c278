-- One workspace's DuckDB file. Times are microseconds since the epoch, UTC.

-- The truth: append-only. Everything below the line is derived from it and can be rebuilt.

CREATE TABLE IF NOT EXISTS reports (
    sequence BIGINT NOT NULL,        -- receive order, shared with attached_log, heartbeats and rejected
    received BIGINT NOT NULL,
    inference_id VARCHAR NOT NULL,
    body VARCHAR NOT NULL            -- the normalised Report as JSON
);
CREATE TABLE IF NOT EXISTS attached_log (
    sequence BIGINT NOT NULL,
    received BIGINT NOT NULL,
    inference_id VARCHAR NOT NULL,
    field VARCHAR NOT NULL,
    value VARCHAR,                   -- NULL: the field was removed
    actor VARCHAR,                   -- which key or command
    request VARCHAR                  -- which request, so that a whole call can be undone
);
CREATE TABLE IF NOT EXISTS heartbeats (
    sequence BIGINT NOT NULL,
    received BIGINT NOT NULL,
    device VARCHAR NOT NULL,
    server VARCHAR,
    server_version VARCHAR,
    tags VARCHAR[],
    started BIGINT,
    system VARCHAR                   -- JSON object: platform, addresses …
);
CREATE TABLE IF NOT EXISTS rejected (
    sequence BIGINT NOT NULL,
    received BIGINT NOT NULL,
    door VARCHAR NOT NULL,
    place VARCHAR NOT NULL,          -- JSON path in the request
    reason VARCHAR NOT NULL,
    kept BOOLEAN NOT NULL,           -- whether the rest of the record was stored
    excerpt VARCHAR NOT NULL
);

-- ------------------------------------------------------------------------------------------------------------
-- The read model.

CREATE TABLE IF NOT EXISTS fields (
    field INTEGER NOT NULL,
    name VARCHAR NOT NULL,
    has_column BOOLEAN NOT NULL,     -- its values live in the column f<field> of inferences once they are folded
    first_seen BIGINT NOT NULL,
    last_seen BIGINT NOT NULL        -- to the minute, so that it need not be written with every value
);
CREATE TABLE IF NOT EXISTS inferences (
    number BIGINT NOT NULL,          -- the sequence of its earliest report
    inference_id VARCHAR NOT NULL,
    time BIGINT NOT NULL,
    received BIGINT NOT NULL,
    model_id VARCHAR,                -- parts/3
    model VARCHAR,                   -- parts
    version VARCHAR,                 -- 3
    task VARCHAR,
    source VARCHAR,
    source_info VARCHAR,
    device VARCHAR,
    server VARCHAR,
    server_version VARCHAR,
    tags VARCHAR[],
    threshold VARCHAR,
    latency DOUBLE,                  -- seconds
    error VARCHAR,
    image_width INTEGER,
    image_height INTEGER,
    deployment VARCHAR NOT NULL,     -- native, hosted, self-hosted, workflow
    detection_count INTEGER NOT NULL,
    confidence DOUBLE,               -- mean over its detections
    classes VARCHAR[] NOT NULL,      -- one entry a detection, parallel to confidences
    confidences DOUBLE[] NOT NULL,
    detections VARCHAR NOT NULL,     -- all detections as JSON, for those who look at one inference
    f0 VARCHAR                       -- content hash of its picture: the built-in field number 0
    -- then one VARCHAR column f<field> for each metadata field that has one
);
-- Current values that are not in a column of inferences: not folded yet, or of a field too rare for a column.
-- The highest sequence of a (number, field) holds; value NULL means removed.
CREATE TABLE IF NOT EXISTS overlay (
    number BIGINT NOT NULL,
    field INTEGER NOT NULL,
    sequence BIGINT NOT NULL,
    value VARCHAR
);
-- Counters: rows are added up by whoever reads; maintenance folds them together.
-- Totals are exact integers (units of 2^-80), so that they never drift and any order of additions is equal.
CREATE TABLE IF NOT EXISTS hourly (
    hour BIGINT NOT NULL,            -- start of the hour
    model_id VARCHAR,
    device VARCHAR,
    inferences BIGINT NOT NULL,
    detections BIGINT NOT NULL,
    confident BIGINT NOT NULL,       -- detections with a confidence
    confidence_total HUGEINT NOT NULL,
    timed BIGINT NOT NULL,           -- inferences with a latency
    latency_total HUGEINT NOT NULL,
    errors BIGINT NOT NULL
);
CREATE TABLE IF NOT EXISTS hourly_classes (
    hour BIGINT NOT NULL,
    model_id VARCHAR,
    class VARCHAR NOT NULL,
    inferences BIGINT NOT NULL,      -- that contain the class
    detections BIGINT NOT NULL,
    confident BIGINT NOT NULL,
    confidence_total HUGEINT NOT NULL
);
CREATE TABLE IF NOT EXISTS value_counts (
    field INTEGER NOT NULL,
    value VARCHAR NOT NULL,
    inferences BIGINT NOT NULL
);
