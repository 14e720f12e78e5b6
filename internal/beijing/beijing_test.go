package beijing

import (
	"fmt"
	"testing"
	"time"
)

func TestATimeIsShownEightHoursAheadOfUTC(t *testing.T) {
	at := time.Date(2026, 12, 31, 16, 0, 1, 0, time.UTC)
	if got := fmt.Sprint(Day(at)); got != "2027-01-01" {
		t.Errorf("day = %s", got)
	}
	if got := fmt.Sprint(Moment(at)); got != "2027-01-01 00:00:01" {
		t.Errorf("moment = %s", got)
	}
}
