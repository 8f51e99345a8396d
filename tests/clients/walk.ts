// A front-end team's first walk, compiled against the clients generated from docs/openapi-*.json: what the documents promise
// must be usable as typed code.
import createClient from "openapi-fetch";
import type { paths as Matching } from "../../build/clients/matching";
import type { paths as Offers } from "../../build/clients/offers";
import type { paths as Profiles } from "../../build/clients/profiles";

export async function walk(token: { counsellor: string; employer: string }, company: string): Promise<string[]> {
  const as = (bearer: string) => ({ headers: { Authorization: `Bearer ${bearer}` } });
  const offers = createClient<Offers>({ baseUrl: "http://localhost:8001", ...as(token.employer) });
  const profiles = createClient<Profiles>({ baseUrl: "http://localhost:8002", ...as(token.counsellor) });
  const matching = createClient<Matching>({ baseUrl: "http://localhost:8003", ...as(token.counsellor) });

  const profile = await profiles.POST("/v1/profiles", {
    body: { first_name: "Camille", last_name: "Martin", place: { commune_code: "23096" }, channels: ["counsellor"] },
  });
  if (profile.data === undefined) throw new Error(`${profile.error.code}: ${profile.error.detail}`);

  const offer = await offers.POST("/v1/offers", {
    body: {
      company_id: company,
      title: "Auxiliaire de vie",
      description: "Accompagner une personne âgée chez elle.",
      occupation_code: "K1302",
      place: { commune_code: "23193" },
      contract_kind: "cdi",
    },
  });
  if (offer.data === undefined) throw new Error(offer.error.errors?.map((each) => `${each.field}: ${each.message}`).join(" "));
  await offers.POST("/v1/offers/{offer_id}/publish", { params: { path: { offer_id: offer.data.id } } });

  const page = await matching.GET("/v1/profiles/{profile_id}/recommendations", {
    params: { path: { profile_id: profile.data.id }, query: { status: ["created", "seen"] } },
  });
  return page.data?.items.flatMap((each) => each.reasons.map((reason) => reason.text ?? reason.code ?? "")) ?? [];
}
