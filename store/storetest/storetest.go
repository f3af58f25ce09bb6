// Package storetest is the behaviour that every store must show. A store's own
// test calls [Run] with a function that opens an empty one.
package storetest

import (
	"bytes"
	"context"
	"testing"
	"time"

	"caunoi/campaign"
	"caunoi/fieldsync"
	"caunoi/journal"
	"caunoi/outreach"
	"caunoi/store"
	"caunoi/tally"
)

// Run runs the suite. open gives an empty store, which it closes itself when
// the test ends.
func Run(t *testing.T, open func(t testing.TB) store.Store) {
	for _, sub := range []struct {
		name string
		f    func(t *testing.T, open func(t testing.TB) store.Store)
	}{
		{"Journal", testJournal},
		{"Figures", testFigures},
		{"TakingPart", testTakingPart},
		{"Year", testYear},
		{"Credit", testCredit},
		{"Closing", testClosing},
		{"ManyLate", testManyLate},
		{"Order", testOrder},
		{"SentBack", testSentBack},
		{"Past", testPast},
		{"PastAddsUp", testPastAddsUp},
		{"PastInHours", testPastInHours},
		{"Kept", testKept},
		{"Pushers", testPushers},
		{"Plan", testPlan},
		{"Communes", testCommunes},
		{"Vault", testVault},
		{"Audit", testAudit},
		{"Approval", testApproval},
		{"Quarantine", testQuarantine},
		{"Settings", testSettings},
		{"Life", testLife},
		{"Access", testAccess},
		{"People", testPeople},
		{"Verification", testVerification},
		{"Retention", testRetention},
		{"Arrivals", testArrivals},
		{"CountListed", testCountListed},
		{"SharedPhones", testSharedPhones},
		{"Attachments", testAttachments},
		{"Rehearsal", testRehearsal},
		{"Asked", testAsked},
		{"Talk", testTalk},
		{"Sessions", testSessions},
		{"AnySessions", testAnySessions},
		{"Lacking", testLacking},
		{"Looks", testLooks},
		{"JoinedAreNoDuplicate", testJoinedAreNoDuplicate},
	} {
		t.Run(sub.name, func(t *testing.T) { sub.f(t, open) })
	}
}

// Check recounts everything, as `caunoi verify` does, and fails on any
// difference.
func Check(t testing.TB, s store.Store) {
	t.Helper()
	for _, d := range Verify(t, s) {
		t.Errorf("verify: %s", d)
	}
}

// Verify returns what a recount finds to differ.
func Verify(t testing.TB, s store.Store) (out []tally.Difference) {
	t.Helper()
	err := s.View(context.Background(), func(tx store.Tx) error {
		plan, err := tx.Plan()
		if err != nil {
			return err
		}
		out, err = store.Verify(tx, plan, outreach.Schema())
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// Intake gives the intake of a store that holds the sample plan.
func Intake(t testing.TB, s store.Store) *fieldsync.Intake {
	t.Helper()
	in := fieldsync.NewIntake(s, outreach.Schema(), func() time.Time { return noon })
	if err := in.PutPlan(context.Background(), SamplePlan()); err != nil {
		t.Fatal(err)
	}
	return in
}

// Import takes lines and returns the answers.
func Import(t testing.TB, in *fieldsync.Intake, lines ...journal.Line) (out []fieldsync.LineOutcome) {
	t.Helper()
	if err := imported(in, lines, func(o fieldsync.LineOutcome) { out = append(out, o) }); err != nil {
		t.Fatal(err)
	}
	return out
}

// TryImport takes lines where the store may fail.
func TryImport(in *fieldsync.Intake, lines ...journal.Line) error {
	return imported(in, lines, func(fieldsync.LineOutcome) {})
}

func imported(in *fieldsync.Intake, lines []journal.Line, each func(fieldsync.LineOutcome)) error {
	var file bytes.Buffer
	for _, l := range lines {
		line, err := journal.EncodeLine(&journal.Stored{Entry: l.Entry, Received: l.Received})
		if err != nil {
			return err
		}
		file.Write(append(line, '\n'))
	}
	return in.ImportEntries(context.Background(), &file, "test", each)
}

// Total adds up a campaign's figures.
func Total(t testing.TB, s store.Store, campaignID string) (total tally.Total) {
	t.Helper()
	err := s.View(context.Background(), func(tx store.Tx) error {
		sheet, err := tx.Sheet(tally.Query{Campaign: campaignID})
		total = sheet.Total()
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return total
}

// noon is the middle of the sample campaign's last day, UTC+7.
var noon = time.Date(2025, 11, 10, 12, 0, 0, 0, journal.Zone)

// SamplePlan is one province with two offices, three communes and two
// campaigns: c of ten days, 1 to 10 November 2025, and d of three months around
// it.
func SamplePlan() []campaign.Item {
	office := func(id, parent string, kind campaign.OfficeKind) campaign.Item {
		return campaign.Item{Office: &campaign.Office{ID: id, Parent: parent, Kind: kind, Name: "Office " + id}}
	}
	commune := func(code, office string) campaign.Item {
		return campaign.Item{Commune: &campaign.Commune{Code: code, Name: "Commune " + code, Type: "xã", Office: office, Lat: 22, Lon: 104}}
	}
	worker := func(id, office string, lead bool) campaign.Item {
		return campaign.Item{Campaigner: &campaign.Campaigner{ID: id, Name: "Worker " + id, Office: office, Lead: lead}}
	}
	return []campaign.Item{
		office("p", "", campaign.Province), office("a", "p", campaign.GrassRoots), office("b", "p", campaign.GrassRoots),
		commune("001", "a"), commune("002", "a"), commune("003", "b"),
		worker("ann", "a", false), worker("lea", "a", true), worker("bob", "b", false), worker("leb", "b", true), worker("top", "p", true),
		{Campaign: &campaign.Campaign{
			ID: "c", Kind: campaign.Festival, Name: campaign.Name{"vi": "Đợt thử"}, Province: "p",
			Start: "2025-11-01", End: "2025-11-10", Synthetic: true,
		}},
		{Campaign: &campaign.Campaign{
			ID: "d", Kind: campaign.Standing, Name: campaign.Name{"vi": "Thường xuyên"}, Province: "p",
			Start: "2025-10-01", End: "2025-12-31", Synthetic: true,
		}},
	}
}
