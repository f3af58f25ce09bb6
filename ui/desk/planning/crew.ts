/** Who goes, when somebody takes the place of somebody else. */
import type { Activity } from "$shared/api";
import type { Draft, Material } from "$shared/planning";

/**
 * An activity as it is planned, but with another person in the place of one of
 * the team; nobody is empty. Who led is led for, and the organisations of agents
 * come and go with them.
 */
export function replaced(
  a: Activity,
  from: string,
  to: string,
  members: Material["members"],
): Draft {
  const had = a.team.map((m) => m.id);
  const swapped = from ? had.map((id) => (id === from ? to : id)) : [...had, to];
  const team = [...new Set(swapped)].filter(Boolean);
  const lead = a.lead === from ? to || (team[0] ?? "") : a.lead;
  const partnerOf = (id: string) => members.find((m) => m.id === id)?.partner ?? "";
  const partners = new Set(a.partners.map((p) => p.id));
  partners.delete(partnerOf(from));
  for (const id of team) partners.add(partnerOf(id));
  partners.delete("");
  return {
    kind: a.kind,
    office: a.office.id,
    commune: a.commune.code,
    place: a.place,
    start: a.start,
    end: a.end,
    ...(a.sub_kind && { sub_kind: a.sub_kind }),
    ...(a.village.id && { village: a.village.id }),
    ...(a.room && { room: a.room }),
    ...(lead && { lead }),
    team,
    partners: [...partners],
    vehicles: a.vehicles,
    topics: a.topics,
  };
}
