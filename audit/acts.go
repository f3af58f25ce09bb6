package audit

// Acts are the words for what is recorded. They are stored for ever: none is
// renamed or used for something else.
var Acts = map[Act]struct{}{
	"access.denied": {},

	"session.begun": {}, "session.failed": {}, "session.ended": {}, "session.stepup": {}, "session.all_ended": {},
	"password.changed": {}, "passkey.added": {}, "passkey.removed": {},
	"user.saved": {}, "user.linked": {}, "user.disabled": {}, "users.listed": {},
	"device.enrol_asked": {}, "device.enrolled": {}, "device.revoked": {}, "device.wiped": {}, "devices.listed": {}, "rehearsal.asked": {},
	"quarantine.read": {}, "quarantine.decided": {},

	"entries.read": {}, "entry.read": {}, "attachment.read": {}, "entries.imported": {}, "entries.exported": {}, "reviews.read": {}, "review.settled": {}, "review.reopened": {},
	"outbox.rescued": {}, "plan.imported": {}, "campaign.imported": {}, "boundaries.imported": {}, "points.imported": {}, "day.closed": {}, "day.reopened": {}, "campaign.closed": {}, "campaign.reopened": {},

	"people.listed": {}, "people.searched": {}, "person.read": {}, "person.revealed": {}, "person.added": {},
	"person.changed": {}, "person.exported": {}, "person.erased": {}, "person.checked": {}, "bank_account.changed": {},
	"people.taken": {}, "people.imported": {}, "import.begun": {}, "import.read": {}, "import.mapped": {}, "people.exported": {}, "list.exported": {},
	"consent.given": {}, "consent.withdrawn": {}, "phone.proven": {}, "phone.code_made": {},
	"duplicates.read": {}, "persons.merged": {}, "persons.parted": {}, "persons.kept_apart": {},
	"worklist.read": {}, "calls.read": {}, "visit.recorded": {}, "assignment.made": {},
	"requests.read": {}, "request.opened": {}, "request.moved": {}, "retention.ran": {}, "keys.rotated": {}, "backup.made": {}, "backup.restored": {},

	"talk.read": {}, "talk.said": {}, "talk.settled": {}, "talk.taken_back": {},
	"approvals.read": {}, "approval.asked": {}, "approval.decided": {}, "approval.set": {},
	"policy.changed": {}, "setting.changed": {}, "unit.changed": {},
	"audit.read": {}, "audit.exported": {},
}

// Known says that the act is among [Acts].
func (a Act) Known() bool {
	_, known := Acts[a]
	return known
}
