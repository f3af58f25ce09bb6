/** What the desk asks of the server about offices and communes. */
import { bringFile } from "./bring";
import { answer, client, type Schemas } from "./client";

export type Units = Schemas["UnitsOutputBody"];
export type Office = Schemas["UnitOffice"];
export type Commune = Schemas["UnitCommune"];
export type Change = Schemas["UnitChange"];
export type Population = Schemas["Population"];
export type Market = Schemas["Market"];
export type Moves = Schemas["UnitMoves"];
export type OfficeFields = Omit<Schemas["PutOfficeInputBody"], "$schema">;
export type CommuneFields = Omit<Schemas["PutCommuneInputBody"], "$schema">;

export async function units(): Promise<Units> {
  return await answer(client.GET("/api/v1/units"));
}

const ofOffice = (office: string, trial: boolean) => ({
  params: { path: { office }, query: { trial } },
});
const ofCommune = (commune: string, trial: boolean) => ({
  params: { path: { commune }, query: { trial } },
});

// Each tells what it moves; on trial nothing is kept.

export async function putOffice(id: string, body: OfficeFields, trial: boolean): Promise<Moves> {
  return await answer(
    client.PUT("/api/v1/units/offices/{office}", { ...ofOffice(id, trial), body }),
  );
}

/** Without a day the office works again. */
export async function closeOffice(id: string, from: string, trial: boolean): Promise<Moves> {
  return await answer(
    client.POST("/api/v1/units/offices/{office}/closed", {
      ...ofOffice(id, trial),
      body: { from },
    }),
  );
}

export async function putCommune(code: string, body: CommuneFields): Promise<Moves> {
  return await answer(
    client.PUT("/api/v1/units/communes/{commune}", { ...ofCommune(code, false), body }),
  );
}

export async function give(
  code: string,
  from: string,
  office: string,
  trial: boolean,
): Promise<Moves> {
  return await answer(
    client.POST("/api/v1/units/communes/{commune}/charge", {
      ...ofCommune(code, trial),
      body: { from, office },
    }),
  );
}

export async function merge(
  code: string,
  from: string,
  into: string,
  trial: boolean,
): Promise<Moves> {
  return await answer(
    client.POST("/api/v1/units/communes/{commune}/merger", {
      ...ofCommune(code, trial),
      body: { from, into },
    }),
  );
}

const populations = "/api/v1/units/populations";

/** Where the populations as they stand are downloaded. */
export const populationsFile = (format: "xlsx" | "csv", lang: string) =>
  `${populations}?${new URLSearchParams({ format, lang }).toString()}`;

export type Brought = Schemas["ImportPopulationsOutputBody"];

/** Brings populations from a file; on trial nothing of it is kept. */
export async function bringPopulations(file: File, trial: boolean): Promise<Brought> {
  return await bringFile(populations, file, trial);
}

export async function takeBack(code: string, day: string): Promise<Moves> {
  return await answer(
    client.DELETE("/api/v1/units/communes/{commune}/changes/{day}", {
      params: { path: { commune: code, day } },
    }),
  );
}
