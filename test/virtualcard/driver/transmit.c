/* Commands and answers over PC/SC. */
#include <openssl/crypto.h>
#include <string.h>
#include <unistd.h>

#include "vcard.h"

command start(BYTE ins, BYTE p1, BYTE p2) {
	command c = {.ins = ins, .p1 = p1, .p2 = p2};
	return c;
}

void put(command *c, const void *data, size_t len) {
	if (len > sizeof c->data - c->len) {
		c->overflow = 1;
		return;
	}
	memcpy(c->data + c->len, data, len);
	c->len += len;
}

void put16(command *c, ULONG v) { put(c, (BYTE[]){v & 0xFF, v >> 8 & 0xFF}, 2); }

void put32(command *c, ULONG v) { put(c, (BYTE[]){v & 0xFF, v >> 8 & 0xFF, v >> 16 & 0xFF, v >> 24}, 4); }

void putName(command *c, const char *name, size_t field) {
	BYTE filled[CONTAINER_NAME] = {0};
	memcpy(filled, name, strnlen(name, field));
	put(c, filled, field);
}

ULONG get32(const BYTE *b) { return b[0] | b[1] << 8 | b[2] << 16 | (ULONG)b[3] << 24; }

/* meanings of the status words; what is not here is SAR_FAIL. */
static const struct {
	unsigned sw;
	ULONG sar;
} meanings[] = {
	{0x9000, SAR_OK},
	{0x6581, SAR_FILEERR},
	{0x6700, SAR_INDATALENERR},
	{0x6982, SAR_USER_NOT_LOGGED_IN},
	{0x6983, SAR_PIN_LOCKED},
	{0x6984, SAR_PIN_INVALID},
	{0x6985, SAR_USER_PIN_NOT_INITIALIZED},
	{0x6986, SAR_NOTINITIALIZEERR},
	{0x698A, SAR_APPLICATION_NOT_EXISTS},
	{0x6A80, SAR_INDATAERR},
	{0x6A81, SAR_NOTSUPPORTYETERR},
	{0x6A84, SAR_NO_ROOM},
	{0x6A88, SAR_APPLICATION_NOT_EXISTS},
	{0x6A89, SAR_APPLICATION_EXISTS},
	{0x6A8C, SAR_NOTINITIALIZEERR},
	{0x6A8D, SAR_INDATAERR},
	{0x6A91, SAR_KEYNOTFOUNTERR},
	{0x6A92, SAR_FILE_ALREADY_EXIST},
	{0x6A93, SAR_FILE_NOT_EXIST},
	{0x6A94, SAR_KEYNOTFOUNTERR},
	{0x6A95, SAR_KEYNOTFOUNTERR},
	{0x6A96, SAR_CERTNOTFOUNTERR},
	{0x6A9B, SAR_INDATAERR},
	{0x6B00, SAR_WRITEFILEERR},
	{0x6D00, SAR_NOTSUPPORTYETERR},
	{0x6E01, SAR_INDATALENERR},
	{0x6E02, SAR_OBJERR},
};

static ULONG sarOf(unsigned sw) {
	if ((sw & 0xFFF0) == 0x63C0) /* and the tries that are left */
		return SAR_PIN_INCORRECT;
	for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++)
		if (meanings[i].sw == sw)
			return meanings[i].sar;
	return SAR_FAIL;
}

/* patience: how long a call waits for somebody who holds a transaction. */
enum { PATIENCE = 10000, PAUSE = 10 }; /* ms */

/* exchange sends octets. Whatever goes wrong but a transaction of others means
 * that the card, or what was opened on it, is gone. */
static ULONG exchange(object *device, const BYTE *out, size_t len, answer *a) {
	DWORD got;
	LONG rv;
	if (device->gone)
		return SAR_DEVICE_REMOVED;
	for (int waited = 0;; waited += PAUSE) {
		got = sizeof a->data;
		rv = SCardTransmit(device->card, SCARD_PCI_T1, out, len, NULL, a->data, &got);
		if (rv != SCARD_E_SHARING_VIOLATION)
			break;
		if (waited >= PATIENCE)
			return SAR_TIMEOUTERR;
		usleep(PAUSE * 1000);
	}
	if (rv != SCARD_S_SUCCESS || got < 2) {
		device->gone = 1;
		return SAR_DEVICE_REMOVED;
	}
	a->len = got;
	return SAR_OK;
}

ULONG confirm(object *device, ULONG sar) {
	static _Thread_local answer a;
	const BYTE ask[] = {0x80, INS_DEVINFO, 0, 0, 0, INFO >> 8, INFO & 0xFF};
	if (exchange(device, ask, sizeof ask, &a) != SAR_OK)
		return SAR_DEVICE_REMOVED;
	if (a.len == INFO + 2 && a.data[INFO] == 0x90 && a.data[INFO + 1] == 0)
		return sar;
	device->gone = 1;
	return SAR_DEVICE_REMOVED;
}

ULONG exact(object *device, const command *c, size_t len, answer *a) {
	ULONG sar = send(device, c, len, a, NULL);
	return !sar && a->len != len ? confirm(device, SAR_FAIL) : sar;
}

ULONG send(object *device, const command *c, size_t le, answer *a, ULONG *left) {
	BYTE out[4 + 3 + MAX_DATA + 2] = {0x80, c->ins, c->p1, c->p2};
	size_t n = 4;
	if (c->overflow)
		return SAR_INDATALENERR;
	if (c->len || le)
		out[n++] = 0;
	if (c->len) {
		out[n++] = c->len >> 8;
		out[n++] = c->len & 0xFF;
		memcpy(out + n, c->data, c->len);
		n += c->len;
	}
	if (le) {
		out[n++] = le >> 8 & 0xFF; /* 65536 is written as 0 */
		out[n++] = le & 0xFF;
	}
	ULONG sar = exchange(device, out, n, a);
	OPENSSL_cleanse(out, n);
	if (sar)
		return sar;
	a->len -= 2;
	unsigned sw = a->data[a->len] << 8 | a->data[a->len + 1];
	sar = sarOf(sw);
	if (sar)
		sar = confirm(device, sar);
	if (left && sar == SAR_PIN_INCORRECT)
		*left = sw & 0xF;
	if (left && sar == SAR_PIN_LOCKED)
		*left = 0;
	return sar;
}

ULONG begin(object *device) {
	if (device->gone)
		return SAR_DEVICE_REMOVED;
	if (SCardBeginTransaction(device->card) != SCARD_S_SUCCESS) {
		device->gone = 1;
		return SAR_DEVICE_REMOVED;
	}
	return SAR_OK;
}

void end(object *device) { SCardEndTransaction(device->card, SCARD_LEAVE_CARD); }

SKF SKF_Transmit(DEVHANDLE h, BYTE *in, ULONG inLen, BYTE *data, ULONG *dataLen) {
	ULONG sar;
	object *dev = grab(h, DEVICE, &sar);
	if (!dev)
		return sar;
	static _Thread_local answer a;
	sar = in && data && dataLen ? exchange(dev, in, inLen, &a) : SAR_INVALIDPARAMERR;
	if (!sar)
		sar = deliver(a.data, a.len, data, dataLen);
	release(dev);
	return sar;
}
