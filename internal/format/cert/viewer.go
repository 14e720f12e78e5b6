package cert

// viewerWidth is how many bytes of an unknown extension a certificate viewer
// prints in one row.
const viewerWidth = 8

// ViewerRows returns the ASCII column that the certificate viewers of Windows
// (and Wine, which copies the rule) show for an extension they do not know:
// eight bytes a row, "." for what cannot be printed.
//
// It explains a riddle of the field: users are told to find "three numbers" in
// extension 1.2.86.11.7.7550207 and to join them. The extension is one string;
// its two bytes of header and 18 characters fill three rows of 6, 8 and 4
// characters: region, birth date, and sequence with check digit.
func ViewerRows(value []byte) []string {
	var rows []string
	for len(value) > 0 {
		n := min(viewerWidth, len(value))
		row := make([]byte, n)
		for i, b := range value[:n] {
			if row[i] = b; b < 0x20 || b > 0x7E {
				row[i] = '.'
			}
		}
		rows, value = append(rows, string(row)), value[n:]
	}
	return rows
}
