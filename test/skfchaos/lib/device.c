/* device.c: 7.1, devices and what they say of themselves. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/rand.h>

#include "chaos.h"

enum { MAX_DEVICES = 8, EVENT_PAUSE = 10 /* milliseconds */ };

static bool seen[MAX_DEVICES], looked; /* what was plugged in at the last look */
static volatile bool cancelled;

/* look compares with the last look; the first one only remembers. */
static ULONG look(char *name)
{
	char names[MAX_DEVICES][MAX_DEVICE_NAME + 1];
	size_t n = devices(names, MAX_DEVICES);
	ULONG event = 0;
	for (size_t i = 0; i < n; i++) {
		bool present = is_present(names[i]);
		if (looked && present != seen[i] && !event) {
			strcpy(name, names[i]);
			event = present ? EVENT_INSERT : EVENT_REMOVE;
			if (!present)
				kill_handles(name);
			seen[i] = present;
		} else if (!looked) {
			seen[i] = present;
		}
	}
	looked = true;
	return event;
}

static ULONG wait_event(struct call *c, char *name, ULONG *len, ULONG *event)
{
	char found[MAX_DEVICE_NAME + 1] = "";
	ULONG what = 0;
	if (!len || !event)
		return SAR_INVALIDPARAMERR;
	if (on(c, "event-unsupported"))
		return SAR_NOTSUPPORTYETERR;
	if (!name) /* the size, before any event */
		return put(c, NULL, MAX_DEVICE_NAME + 1, NULL, len);
	cancelled = false;
	while (!on(c, "event-storm") && !(what = look(found))) {
		if (cancelled && !on(c, "event-hang"))
			return SAR_NOT_EVENTERR;
		library_unlock();
		usleep(EVENT_PAUSE * 1000);
		library_lock();
	}
	*event = what;
	return put(c, found, strlen(found) + 1, name, len);
}

ULONG SKF_WaitForDevEvent(LPSTR szDevName, ULONG *pulDevNameLen, ULONG *pulEvent)
{
	RUN(wait_event(c, szDevName, pulDevNameLen, pulEvent));
}

static ULONG cancel(void)
{
	cancelled = true;
	return SAR_OK;
}

ULONG SKF_CancelWaitForDevEvent(void) { RUN(cancel()); }

static ULONG enum_dev(struct call *c, BOOL present, char *list, ULONG *size)
{
	char names[MAX_DEVICES][MAX_DEVICE_NAME + 1];
	const char *shown[MAX_DEVICES];
	size_t n = 0;
	for (size_t i = 0, all = devices(names, MAX_DEVICES); i < all; i++)
		if (!present || is_present(names[i]))
			shown[n++] = names[i];
	return put_names(c, shown, n, list, size);
}

ULONG SKF_EnumDev(BOOL bPresent, LPSTR szNameList, ULONG *pulSize) { RUN(enum_dev(c, bPresent, szNameList, pulSize)); }

static bool is_known(const char *name)
{
	char names[MAX_DEVICES][MAX_DEVICE_NAME + 1];
	for (size_t n = devices(names, MAX_DEVICES); name && n > 0; n--)
		if (!strcmp(names[n - 1], name))
			return true;
	return false;
}

static ULONG connect_dev(struct call *c, const char *name, DEVHANDLE *out)
{
	if (!name || !out)
		return SAR_INVALIDPARAMERR;
	if (!is_known(name) || !is_present(name))
		return SAR_DEVICE_REMOVED;
	struct handle *h = open_handle(DEVICE, NULL);
	if (h) {
		strcpy(h->name, name);
		h->plugged = number(setting("plugged", "0"), 0);
	}
	return hand_out(c, h, out);
}

ULONG SKF_ConnectDev(LPSTR szName, DEVHANDLE *phDev) { RUN(connect_dev(c, szName, phDev)); }

ULONG SKF_DisConnectDev(DEVHANDLE hDev) { RUN(close_handle(c, hDev, DEVICE, DEVICE)); }

static ULONG dev_state(const char *name, ULONG *state)
{
	if (!name || !state)
		return SAR_INVALIDPARAMERR;
	*state = is_known(name) && is_present(name) ? DEV_PRESENT : DEV_ABSENT;
	return SAR_OK;
}

ULONG SKF_GetDevState(LPSTR szDevName, ULONG *pulDevState) { RUN(dev_state(szDevName, pulDevState)); }

static ULONG set_label(struct call *c, DEVHANDLE h, const char *label)
{
	if (!use(c, h, DEVICE))
		return c->answer;
	if (!label || strlen(label) > MAX_LABEL)
		return SAR_NAMELENERR;
	strcpy(c->token.label, label);
	c->changed = true;
	return SAR_OK;
}

ULONG SKF_SetLabel(DEVHANDLE hDev, LPSTR szLabel) { RUN(set_label(c, hDev, szLabel)); }

/* text fills a field whose rest is zero. */
static void text(CHAR *field, size_t size, const char *value)
{
	size_t n = strlen(value);
	memcpy(field, value, n < size ? n : size);
}

static ULONG free_space(const struct token *t)
{
	ULONG taken = 0;
	for (uint32_t i = 0; i < t->apps; i++)
		for (uint32_t j = 0; j < t->app[i].files; j++)
			taken += (ULONG)t->app[i].file[j].content.len;
	return (ULONG)(MAX_APPS * MAX_FILES) * MAX_FILE - taken;
}

static ULONG dev_info(struct call *c, DEVHANDLE h, DEVINFO *out)
{
	DEVINFO d = {.Version = {1, 0}, .HWVersion = {1, 2}, .FirmwareVersion = {3, 4}};
	if (!use(c, h, DEVICE))
		return c->answer;
	text(d.Manufacturer, sizeof d.Manufacturer, "Chaos Works");
	text(d.Issuer, sizeof d.Issuer, "Chaos Issuer");
	text(d.Label, sizeof d.Label, c->token.label);
	text(d.SerialNumber, sizeof d.SerialNumber, c->token.serial);
	d.AlgSymCap = SGD_SM4_ECB | SGD_SM4_CBC | SGD_SM4_CFB | SGD_SM4_OFB | SGD_SM4_MAC;
	d.AlgAsymCap = SGD_SM2_1 | SGD_SM2_3;
	d.AlgHashCap = SGD_SM3;
	d.DevAuthAlgId = SGD_SM4_ECB;
	d.TotalSpace = (ULONG)(MAX_APPS * MAX_FILES) * MAX_FILE;
	d.FreeSpace = free_space(&c->token);
	d.MaxECCBufferSize = 1024;
	d.MaxBufferSize = 1 << 20;
	if (on(c, "devinfo-unterminated")) {
		memset(d.Manufacturer, 'M', sizeof d.Manufacturer);
		memset(d.Issuer, 'I', sizeof d.Issuer);
		memset(d.Label, 'L', sizeof d.Label);
		memset(d.SerialNumber, 'S', sizeof d.SerialNumber);
	}
	if (on(c, "devinfo-junk"))
		RAND_bytes((uint8_t *)&d, sizeof d);
	if (on(c, "devinfo-nothing"))
		return SAR_OK;
	if (on(c, "devinfo-old")) { /* before the two sizes were there */
		memset((uint8_t *)&d + offsetof(DEVINFO, MaxECCBufferSize), 0, sizeof d.Reserved);
		return put_struct(c, &d, offsetof(DEVINFO, MaxECCBufferSize) + sizeof d.Reserved, out);
	}
	return put_struct(c, &d, sizeof d, out);
}

ULONG SKF_GetDevInfo(DEVHANDLE hDev, DEVINFO *pDevInfo) { RUN(dev_info(c, hDev, pDevInfo)); }

static ULONG lock_dev(struct call *c, DEVHANDLE h, ULONG timeout)
{
	struct handle *dev = use(c, h, DEVICE);
	if (!dev) /* the wait of use is not the one asked for, but as honest */
		return c->answer;
	(void)timeout;
	if (dev->lock < 0) {
		dev->lock = c->lock;
		c->lock = -1;
	}
	return SAR_OK;
}

ULONG SKF_LockDev(DEVHANDLE hDev, ULONG ulTimeOut) { RUN(lock_dev(c, hDev, ulTimeOut)); }

static ULONG unlock_dev(struct call *c, DEVHANDLE h)
{
	struct handle *dev = use(c, h, DEVICE);
	if (!dev)
		return c->answer;
	if (dev->lock < 0 || c->lock >= 0)
		return SAR_FAIL;
	c->lock = dev->lock; /* call_end lets it go */
	dev->lock = -1;
	return SAR_OK;
}

ULONG SKF_UnlockDev(DEVHANDLE hDev) { RUN(unlock_dev(c, hDev)); }

/* transmit knows one command: DevAuth of GM/T 0017 without data, which tells the
   tries of the device key as 63Cx, or 6983. */
static ULONG transmit(struct call *c, DEVHANDLE h, const BYTE *command, ULONG n, BYTE *data, ULONG *len)
{
	if (!use(c, h, DEVICE))
		return c->answer;
	if (!command || n < 4)
		return SAR_INDATALENERR;
	uint8_t status[2] = {0x6D, 0x00};
	if (command[0] == 0x80 && command[1] == 0x10) {
		uint32_t left = c->token.auth_left;
		status[0] = left ? 0x63 : 0x69;
		status[1] = left ? (uint8_t)(0xC0 | left) : 0x83;
	}
	return put(c, status, sizeof status, data, len);
}

ULONG SKF_Transmit(DEVHANDLE hDev, BYTE *pbCommand, ULONG ulCommandLen, BYTE *pbData, ULONG *pulDataLen)
{
	RUN(transmit(c, hDev, pbCommand, ulCommandLen, pbData, pulDataLen));
}
