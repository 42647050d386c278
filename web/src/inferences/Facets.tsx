// The column of facets: pinned ones, built-ins, then fields by coverage. Counts reflect the other conditions; what did
// not finish in its time says so. Folded ones stay folded.
import { ActionIcon, TextInput } from "@mantine/core";
import { IconSearch, IconX } from "@tabler/icons-react";
import { useState } from "react";
import { useWhole } from "../api/questions";
import type { Fields } from "../api/types";
import { fieldName } from "../filter/conditions";
import { clip } from "../parts/format";
import { Bone, Failed } from "../parts/Panel";
import { Facet } from "./Facet";
import { FOLDED, useFacetNames, useFacets } from "./facetAnswers";
import { useRemembered } from "./remembered";

interface Arranged {
  pinned: string[];
  folded: string[];
}

export function Facets() {
  const [arranged, arrange] = useRemembered<Arranged>("facets", { pinned: [], folded: FOLDED });
  const [wanted, setWanted] = useState("");
  const names = useFacetNames(arranged.pinned);
  const { query, of } = useFacets((names ?? []).filter((name) => !arranged.folded.includes(name)));

  const toggle = (list: keyof Arranged, name: string) =>
    arrange({
      ...arranged,
      [list]: arranged[list].includes(name)
        ? arranged[list].filter((one) => one !== name)
        : [...arranged[list], name],
    });
  const raise = (name: string) => {
    const place = arranged.pinned.indexOf(name);
    const pinned = arranged.pinned.toSpliced(place, 1).toSpliced(place - 1, 0, name);
    arrange({ ...arranged, pinned });
  };
  const shown = (names ?? []).filter((name) => name.toLowerCase().includes(wanted.toLowerCase()));

  return (
    <aside className="facets" aria-label="Facets" aria-busy={query.isFetching}>
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
      {query.error && <Failed error={query.error} retry={() => query.refetch()} />}
      {names === null && [180, 150, 120, 200].map((height) => <Bone key={height} height={height} />)}
      {shown.map((name) => (
        <Facet
          key={name}
          name={name}
          state={of(name)}
          failed={query.isError}
          pinned={arranged.pinned.includes(name)}
          folded={arranged.folded.includes(name)}
          pin={() => toggle("pinned", name)}
          raise={arranged.pinned.indexOf(name) > 0 ? () => raise(name) : undefined}
          fold={() => toggle("folded", name)}
        />
      ))}
      {wanted && names && (
        <More wanted={wanted} known={new Set(names)} pin={(name) => toggle("pinned", name)} />
      )}
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
          + {clip(name, 60)}
        </button>
      ))}
    </div>
  );
}
