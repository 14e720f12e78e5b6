package skf

import "golang.org/x/sys/windows/registry"

// registered returns the libraries that the vendor's installer entered under its
// CSP, in the 64-bit and the 32-bit view.
func registered(csp []string) []string {
	var files []string
	for _, name := range csp {
		for _, view := range []uint32{registry.WOW64_64KEY, registry.WOW64_32KEY} {
			key, err := registry.OpenKey(registry.LOCAL_MACHINE, `SOFTWARE\Microsoft\Cryptography\Defaults\Provider\`+name, registry.QUERY_VALUE|view)
			if err != nil {
				continue // not installed
			}
			if file, _, err := key.GetStringValue("SKFImagePath"); err == nil {
				files = append(files, file)
			}
			_ = key.Close()
		}
	}
	return files
}
