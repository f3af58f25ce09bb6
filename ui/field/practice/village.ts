/**
 * The commune of practice: 300 people who do not exist, in six villages, with
 * every state of cover. A seed decides them, so that each phone has the same
 * ones; only the dates follow the day.
 */
import { addDays, type Day } from "$shared/i18n/dates";
import { seeded } from "$shared/seeded";
import type { Activity, Plan } from "../sync/pull";
import { words } from "./words";

/** The id of the campaign, the commune, the office and the worker; see journal.Practice. */
export const practice = "practice";

const seed = 20_251_101;
const villages = 6;
const people = 300;

// "Mẫu" is the sample of a form: nobody is called so.
const women = "Hoa Lan Mai Cúc Đào Mận Xuân Thu Hạnh Nga Dung Liên".split(" ");
const men = "An Bình Cường Dũng Đức Giang Hải Khoa Long Minh Sơn Tùng".split(" ");

/** The people as a snapshot of the server tells them; see fieldsync.Snapshot. */
export function snapshot(today: Day): string {
  const random = seeded(seed);
  const below = (n: number) => Math.floor(random() * n);
  const pick = (of: readonly string[]) => of[below(of.length)] ?? "";
  const each = people / villages;
  const names = Array.from({ length: villages }, (_, i) => [
    words.t("village", { n: i + 1 }),
    each,
  ]);
  const houses: [string, [string, number, number][]][] = names.map(([name]) => [String(name), []]);
  const lines: unknown[] = [];
  for (let i = 0; i < people; i++) {
    const village = Math.floor(i / each);
    const house = village * 15 + Math.floor((i % each) / 3.5) + 1;
    const code = `TT-${house}`;
    const there = houses[village]?.[1] ?? [];
    if (there.at(-1)?.[0] !== code) there.push([code, ...near(placeOf(village), 1000, random)]);
    const sex = random() < 0.5 ? "f" : "m";
    const age = below(85);
    const born = addDays(today, -365 * age - below(365));
    const name = `Mẫu ${sex === "f" ? "Thị" : "Văn"} ${pick(sex === "f" ? women : men)}`;
    const state = random();
    const until =
      state < 0.15 // never covered, lapsed, ending soon, covered
        ? ""
        : addDays(
            today,
            state < 0.35 ? -1 - below(200) : state < 0.47 ? below(31) : 31 + below(300),
          );
    const worker = age >= 18 && age < 60 && random() < 0.25;
    const flags =
      age >= 6 && age < 18 ? (random() < 0.85 ? 1 : 2) : age >= 60 && random() < 0.3 ? 4 : 0;
    const visited = random() < 0.25;
    const promised = visited && random() < 0.3;
    lines.push([
      `practice-${i + 1}`,
      village,
      code,
      name,
      sex,
      random() < 0.7 ? born : born.slice(0, 4),
      until,
      worker ? addDays(today, 30) : "",
      worker ? 6 + below(180) : 0,
      flags,
      visited ? addDays(today, -1 - below(60)) : "",
      promised ? "promised" : visited ? "not_now" : "",
      promised ? addDays(today, below(10) - 6) : "",
      random() < 0.1 ? practice : "",
      "",
    ]);
  }
  const ground = {
    rings: [coast(random)],
    villages: names.map(([name], i) => [name, ...placeOf(i)]),
    houses,
  };
  lines.unshift({ v: 1, commune: practice, salt: "", villages: names, ground });
  return lines.map((line) => JSON.stringify(line)).join("\n");
}

// The commune lies in the Gulf of Tonkin, where nobody lives. Steps are those of
// fieldsync.ground: a hundred thousandth of a degree.
const middle = [10_760_000, 2_000_000] as const;

type Steps = readonly [number, number];

const at = (far: number, angle: number): Steps => [
  Math.round(middle[0] + far * Math.cos(angle)),
  Math.round(middle[1] + far * Math.sin(angle)),
];

const placeOf = (village: number): Steps =>
  at(village % 2 ? 1500 : 3400, (village * 2 * Math.PI) / villages);

const near = ([lon, lat]: Steps, far: number, random: () => number): Steps => [
  Math.round(lon + far * (2 * random() - 1)),
  Math.round(lat + far * (2 * random() - 1)),
];

/** The boundary: the first corner, and from it each step to the next. */
function coast(random: () => number): number[] {
  const corners = Array.from({ length: 36 }, (_, i) =>
    at(4600 + 700 * random(), (i * Math.PI) / 18),
  );
  return [...corners, corners[0] as Steps].flatMap(([lon, lat], i) => {
    const [x, y] = corners[i - 1] ?? [0, 0];
    return [lon - x, lat - y];
  });
}

/** The plan of practice, as the server gives a phone its own; see fieldsync.Pulled. */
export function plan(today: Day, seal: Plan["seal"]): Plan {
  const me = { id: practice, name: words.t("worker") };
  const colleague = { id: "practice-2", name: words.t("colleague") };
  const commune = { code: practice, name: words.t("commune") };
  const activity = (
    n: number,
    day: number,
    from: string,
    to: string,
    given: Partial<Activity> & Pick<Activity, "kind" | "place">,
  ): Activity => ({
    id: `practice-${n}`,
    campaign: practice,
    sub_kind: "",
    office: practice,
    commune,
    village: "",
    start: `${addDays(today, day)}T${from}:00+07:00`,
    end: `${addDays(today, day)}T${to}:00+07:00`,
    status: "planned",
    reason: "",
    moved_from: null,
    lead: me.id,
    lead_name: me.name,
    team: [me, colleague],
    topics: ["card"],
    head_count: null,
    held: null,
    present: [],
    mine: true,
    ...given,
  });
  return {
    epoch: practice,
    now: new Date().toISOString(),
    me: {
      ...me,
      role: "campaigner",
      office: { id: practice, name: words.t("office") },
      communes: [practice],
    },
    seal,
    campaigns: [
      {
        id: practice,
        name: { vi: words.t("campaign"), en: words.t("campaign"), bn: words.t("campaign") },
        kind: "standing",
        start: addDays(today, -30),
        end: addDays(today, 30),
      },
    ],
    communes: [{ ...commune, office: practice, people }],
    activities: [
      activity(1, 0, "07:30", "11:00", { kind: "booth", place: words.t("place.market") }),
      activity(2, 0, "19:30", "21:00", {
        kind: "small_group",
        place: words.t("place.hall"),
        status: "moved",
        reason: "weather",
        moved_from: `${today}T18:00:00+07:00`,
      }),
      activity(3, 1, "08:00", "10:30", {
        kind: "dialogue_conference",
        place: words.t("place.school"),
      }),
      activity(4, 3, "14:00", "17:00", { kind: "mobile_team", place: words.t("place.road") }),
    ],
  };
}
