// The column of facets: built-ins, then fields by coverage. Counts reflect the other conditions; what did not finish in
// its time says so. Pinned ones come first, folded ones stay folded.
import { ActionIcon, TextInput } from "@mantine/core";
import { IconSearch, IconX } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import { useQuestion, useWhole } from "../api/questions";
import type { Facet as FacetData, Fields } from "../api/types";
import { fieldName } from "../filter/conditions";
import { Bone, Failed } from "../parts/Panel";
import { Facet } from "./Facet";
import { useRemembered } from "./remembered";

interface Arranged {
  pinned: string[];
  folded: string[];
}

export function Facets() {
  const [arranged, arrange] = useRemembered<Arranged>("facets", { pinned: [], folded: [] });
  const [wanted, setWanted] = useState("");
  const first = useQuestion<{ items: FacetData[] }>("facets", { limit: 10 });
  const known = new Set((first.data?.items ?? []).map((item) => item.name));
  const absent = arranged.pinned.filter((name) => !known.has(name) && !name.includes(","));
  const rest = useQuestion<{ items: FacetData[] }>(
    "facets",
    { names: absent.join(","), limit: 10 },
    { enabled: first.isSuccess && absent.length > 0 },
  );

  const items = useMemo(() => {
    const all = [...(first.data?.items ?? []), ...(absent.length ? (rest.data?.items ?? []) : [])];
    const place = (item: FacetData) => {
      const at = arranged.pinned.indexOf(item.name);
      return at < 0 ? arranged.pinned.length : at;
    };
    const empty = (item: FacetData) => item.complete && (item.values?.length ?? 0) === 0 && !item.histogram;
    return all
      .filter((item, at) => all.findIndex((other) => other.name === item.name) === at)
      .filter((item) => !empty(item) || arranged.pinned.includes(item.name))
      .sort((a, b) => place(a) - place(b));
  }, [first.data, rest.data, arranged.pinned, absent.length]);

  const toggle = (list: keyof Arranged, name: string) =>
    arrange({
      ...arranged,
      [list]: arranged[list].includes(name)
        ? arranged[list].filter((one) => one !== name)
        : [...arranged[list], name],
    });
  const shown = items.filter((item) => item.name.toLowerCase().includes(wanted.toLowerCase()));

  return (
    <aside className="facets" aria-label="Facets" aria-busy={first.isFetching}>
      <TextInput
        size="xs"
        aria-label="Find a facet"
        placeholder="Find a field"
        leftSection={<IconSearch size={13} />}
        rightSection={
          wanted && (
            <ActionIcon
              size={18}
              variant="subtle"
              color="gray"
              aria-label="Clear"
              onClick={() => setWanted("")}
            >
              <IconX size={12} />
            </ActionIcon>
          )
        }
        value={wanted}
        onChange={(event) => setWanted(event.currentTarget.value)}
      />
      {first.error && !first.data && <Failed error={first.error} retry={() => first.refetch()} />}
      {first.isPending && [180, 150, 120, 200].map((height) => <Bone key={height} height={height} />)}
      <div className={first.isPlaceholderData ? "stale" : ""}>
        {shown.map((item) => (
          <Facet
            key={item.name}
            facet={item}
            pinned={arranged.pinned.includes(item.name)}
            folded={arranged.folded.includes(item.name)}
            pin={() => toggle("pinned", item.name)}
            fold={() => toggle("folded", item.name)}
          />
        ))}
      </div>
      {wanted && <More wanted={wanted} known={known} pin={(name) => toggle("pinned", name)} />}
    </aside>
  );
}

/** Fields that are not among those shown: choosing one pins it. */
function More(props: { wanted: string; known: Set<string>; pin: (name: string) => void }) {
  const fields = useWhole<Fields>("fields");
  const found = (fields.data?.items ?? [])
    .map((field) => fieldName(field.name))
    .filter((name) => !props.known.has(name) && name.toLowerCase().includes(props.wanted.toLowerCase()))
    .slice(0, 20);
  return (
    <div>
      {found.map((name) => (
        <button type="button" className="plain facet-more clip" key={name} onClick={() => props.pin(name)}>
          + {name}
        </button>
      ))}
    </div>
  );
}
