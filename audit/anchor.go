package audit

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/go-json-experiment/json"
)

// AnchorFile is the name of the file, beside the keys, that holds the last
// head that was seen there.
const AnchorFile = "audit-head"

// ReadAnchor reads a head from a file; the zero Checkpoint if there is none.
func ReadAnchor(path string) (h Checkpoint, err error) {
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return h, nil
	}
	if err != nil {
		return h, fmt.Errorf("read the head of the audit: %w", err)
	}
	if err := json.Unmarshal(raw, &h); err != nil {
		return h, fmt.Errorf("read the head of the audit: %s does not hold one", path)
	}
	return h, nil
}

// WriteAnchor keeps a head in a file, whole or not at all. An older head never
// takes the place of a newer one.
func WriteAnchor(path string, h Checkpoint) error {
	had, err := ReadAnchor(path)
	if err != nil || h.Seq <= had.Seq {
		return err
	}
	raw, err := json.Marshal(h)
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".audit-*")
	if err != nil {
		return fmt.Errorf("keep the head of the audit: %w", err)
	}
	_, err = f.Write(append(raw, '\n'))
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name())
		return fmt.Errorf("keep the head of the audit: %w", err)
	}
	return nil
}
