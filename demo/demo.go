// Package demo makes up the records of a campaign whose figures were
// published, so that Caunoi can be shown with a whole festival in it. The
// records are generated and say so: no person of the demo exists.
//
// Counting them must give the published figures, though they were not made to
// be easy to count. The generator works backwards. It shares the figures out
// to offices ([allot]), makes the people that stand behind them, each marked
// with what of theirs counts, and then tells of every person a [story] whose
// outcome under the rules of counting is exactly those marks: met once, or by
// two offices; enrolled on two phones without network; recorded under a wrong
// number that is put right. Head counts come last, when it is known who was
// identified at which session. What must not count (other years' clocks, late
// phones, days outside the campaign) is added beside it.
//
// It counts nothing itself and knows no figure but those given: other
// [Figures] give another festival.
package demo

import (
	"iter"
	"math/rand/v2"
	"time"

	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/people"
)

// Config says what to generate.
type Config struct {
	Figures Figures
	// Scale multiplies all that is counted, from 1 to 1000.
	Scale int
	Seed  uint64
	// Today is when the standing campaign is looked at: it has no entry after
	// that moment. Two moments of one day give the same entries as far as
	// both reach. Zero leaves the standing campaign out.
	Today time.Time
}

// World is the plan and the records.
type World struct {
	Plan []campaign.Item
	// Points are where the villages lie: on a spiral around the centroid of
	// their commune, where hardly any village lies in truth.
	Points []campaign.Point
	// Entries in the order of their receipt. They are written out as they are
	// asked for, each time alike.
	Entries iter.Seq[journal.Line]
	// Count is how many entries there are.
	Count int
	// Lists are what offices know of people beside the entries; none where
	// there is no today.
	Lists []people.Record
}

// MaxScale is how many times as large as its figures a world may be.
const MaxScale = 1000

// Generate makes a world. The same Config gives the same bytes. Figures that
// no records can have are an error, a *journal.Refusal.
func Generate(cfg Config) (*World, error) {
	if cfg.Scale < 1 || cfg.Scale > MaxScale {
		return nil, journal.Refuse("figures.value", "field", "scale", "value", cfg.Scale)
	}
	if err := cfg.Figures.check(); err != nil {
		return nil, err
	}
	f := cfg.Figures.times(cfg.Scale)
	rng := rand.New(rand.NewPCG(cfg.Seed, 0x6361756e6f69))
	offices := readOffices()
	heads, err := allot(rng, f, offices)
	if err != nil {
		return nil, err
	}
	province := recruit(offices)
	everybody := newCensus(rng)
	w := &World{Plan: items(f, offices, province), Points: points(offices)}
	season := newSeason(festivalOf(f, offices), "f", rng, everybody, offices, province)
	w.Plan = append(w.Plan, campaign.Item{Campaign: &season.Campaign})
	w.Plan = append(w.Plan, targets(season.Campaign, offices)...)
	season.makeFestival(heads, cfg.Scale)
	drafts := season.drafts
	of := map[*device]string{}
	for _, d := range season.devices {
		of[d] = season.ID
	}
	if !cfg.Today.IsZero() {
		today := journal.DayOf(cfg.Today)
		now := newSeason(standingOf(today), "s", rng, everybody, offices, province)
		w.Plan = append(w.Plan, campaign.Item{Campaign: &now.Campaign})
		w.Plan = append(w.Plan, standingTargets(now.Campaign, rng, offices, cfg.Scale)...)
		now.makeStanding(today, cfg.Scale)
		drafts = append(drafts, until(now.drafts, cfg.Today)...)
		for _, d := range now.devices {
			of[d] = now.ID
		}
		w.Lists = lists(cfg, everybody.number, everybody.n, offices)
	}
	w.Plan = append(w.Plan, yearTargets(w.Plan)...)
	inOrder(drafts)
	w.Count = len(drafts)
	w.Entries = func(yield func(journal.Line) bool) {
		for _, e := range drafts {
			if !yield(e.line(of[e.dev])) {
				return
			}
		}
	}
	return w, nil
}
