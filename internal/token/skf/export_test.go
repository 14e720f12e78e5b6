package skf

// KillHost ends the host of d from outside, as a person with a task manager does.
func KillHost(d *Driver) {
	_ = d.lib.host.cmd.Process.Kill()
	<-d.lib.host.over
}
