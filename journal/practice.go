package journal

import "strings"

// Practice is the campaign of what is recorded to learn the work, about people
// who are made up; no plan may have a campaign of this name. The phones of such
// records are called by it, too, followed by a hyphen and an id. Either mark is
// enough for a record to be refused for ever, whatever brings it (entry.practice):
// nothing that was practised may count.
const Practice = "practice"

// Practised says that a record was made for practice, by its campaign or its device.
func Practised(campaign, device string) bool {
	return campaign == Practice || strings.HasPrefix(device, Practice+"-")
}
