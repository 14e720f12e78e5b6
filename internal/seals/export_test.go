package seals

// StopAt makes f run between every two steps; an error of f stops there.
func (c *Config) StopAt(f func(step string) error) { c.step = f }
