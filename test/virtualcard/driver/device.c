/* Readers, cards, and their coming and going. A device is a card that answers
 * GetDevInfo; it is named by its serial number. */
#include <stdlib.h>
#include <string.h>

#include "vcard.h"

enum { READERS = 16, READER_NAME = 128 };

typedef struct {
	char name[READER_NAME];
	char serial[SERIAL + 1]; /* empty: no card, or none of ours */
} slot;

/* devInfo asks over a connection. */
static ULONG devInfo(object *dev, answer *a) {
	command c = start(INS_DEVINFO, 0, 0);
	return exact(dev, &c, INFO, a);
}

ULONG serialOf(SCARDCONTEXT context, const char *reader, char serial[SERIAL + 1], SCARDHANDLE *keep) {
	static _Thread_local answer a;
	DWORD protocol;
	object dev = {.kind = DEVICE, .context = context};
	if (SCardConnect(context, reader, SCARD_SHARE_SHARED, SCARD_PROTOCOL_T1, &dev.card, &protocol) != SCARD_S_SUCCESS)
		return SAR_DEVICE_REMOVED;
	ULONG sar = devInfo(&dev, &a);
	if (!sar) {
		memcpy(serial, a.data + 4 + 64 + 64 + 32, SERIAL);
		serial[SERIAL] = 0;
		if (!*serial)
			sar = SAR_FAIL;
	}
	if (!sar && keep) {
		*keep = dev.card;
		return SAR_OK;
	}
	SCardDisconnect(dev.card, SCARD_LEAVE_CARD);
	return sar;
}

/* scan fills slots with the readers; -1 when there is no smart-card service. */
static int scan(SCARDCONTEXT context, slot *slots) {
	char names[READERS * READER_NAME];
	DWORD len = sizeof names;
	int n = 0;
	LONG rv = SCardListReaders(context, NULL, names, &len);
	if (rv == SCARD_E_NO_READERS_AVAILABLE)
		return 0;
	if (rv != SCARD_S_SUCCESS)
		return -1;
	for (char *p = names; *p && n < READERS; p += strlen(p) + 1, n++) {
		size_t used = strnlen(p, READER_NAME - 1);
		memcpy(slots[n].name, p, used);
		slots[n].name[used] = 0;
		slots[n].serial[0] = 0;
		SCARD_READERSTATE state = {.szReader = slots[n].name, .dwCurrentState = SCARD_STATE_UNAWARE};
		if (SCardGetStatusChange(context, 0, &state, 1) == SCARD_S_SUCCESS && state.dwEventState & SCARD_STATE_PRESENT &&
			serialOf(context, slots[n].name, slots[n].serial, NULL))
			slots[n].serial[0] = 0;
	}
	return n;
}

/* What the program was told of: by its first look, then by events. */
static pthread_mutex_t telling = PTHREAD_MUTEX_INITIALIZER; /* guards seen */
static slot seen[READERS];
static int nSeen = -1; /* -1: it has not looked yet */

static void firstLook(const slot *now, int n) {
	pthread_mutex_lock(&telling);
	if (nSeen < 0 && n >= 0) {
		memcpy(seen, now, n * sizeof *now);
		nSeen = n;
	}
	pthread_mutex_unlock(&telling);
}

SKF SKF_EnumDev(BOOL present, LPSTR names, ULONG *size) {
	(void)present; /* a card that is not there is not known */
	SCARDCONTEXT context;
	slot slots[READERS];
	char list[READERS * (SERIAL + 1) + 2] = {0};
	size_t len = 0;
	if (SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL, &context) != SCARD_S_SUCCESS)
		return SAR_FAIL;
	int n = scan(context, slots);
	SCardReleaseContext(context);
	firstLook(slots, n);
	for (int i = 0; i < n; i++)
		if (*slots[i].serial) {
			strcpy(list + len, slots[i].serial);
			len += strlen(list + len) + 1;
		}
	return deliver(list, len ? len + 1 : 2, names, size);
}

SKF SKF_GetDevState(LPSTR name, ULONG *state) {
	char list[READERS * (SERIAL + 1) + 2];
	ULONG len = sizeof list;
	if (!name || !state)
		return SAR_INVALIDPARAMERR;
	ULONG sar = SKF_EnumDev(1, list, &len);
	if (sar)
		return sar;
	*state = DEV_ABSENT;
	for (char *p = list; *p; p += strlen(p) + 1)
		if (!strcmp(p, name))
			*state = DEV_PRESENT;
	return SAR_OK;
}

SKF SKF_ConnectDev(LPSTR name, DEVHANDLE *out) {
	slot slots[READERS];
	SCARDCONTEXT context;
	SCARDHANDLE card;
	char serial[SERIAL + 1];
	if (!name || !out)
		return SAR_INVALIDPARAMERR;
	if (SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL, &context) != SCARD_S_SUCCESS)
		return SAR_FAIL;
	int n = scan(context, slots);
	for (int i = 0; i < n; i++) {
		if (strcmp(slots[i].serial, name) || serialOf(context, slots[i].name, serial, &card))
			continue;
		object *dev = strcmp(serial, name) ? NULL : newObject(DEVICE, NULL);
		if (!dev) {
			SCardDisconnect(card, SCARD_LEAVE_CARD);
			break;
		}
		dev->context = context;
		dev->card = card;
		*out = dev;
		return SAR_OK;
	}
	SCardReleaseContext(context);
	return SAR_DEVICE_REMOVED;
}

SKF SKF_DisConnectDev(DEVHANDLE h) {
	ULONG sar;
	object *dev = grab(h, DEVICE, &sar);
	if (!dev)
		return sar;
	closeApplications(dev);
	SCardDisconnect(dev->card, SCARD_LEAVE_CARD);
	SCardReleaseContext(dev->context);
	dev->gone = 1;
	drop(dev);
	return SAR_OK;
}

SKF SKF_GetDevInfo(DEVHANDLE h, DEVINFO *info) {
	static _Thread_local answer a;
	ULONG sar;
	object *dev = grab(h, DEVICE, &sar);
	if (!dev)
		return sar;
	sar = info ? devInfo(dev, &a) : SAR_INVALIDPARAMERR;
	if (!sar) {
		const BYTE *b = a.data;
		memset(info, 0, sizeof *info);
		info->Version = (VERSION){1, 0};
		memcpy(info->Manufacturer, b + 4, 64 + 64 + 32 + 32); /* the same four fields in a row */
		memcpy(&info->HWVersion, b + 196, 4);
		info->AlgSymCap = get32(b + 200);
		info->AlgAsymCap = get32(b + 204);
		info->AlgHashCap = get32(b + 208);
		info->DevAuthAlgId = get32(b + 212);
		info->TotalSpace = get32(b + 216);
		info->FreeSpace = get32(b + 220);
		info->MaxECCBufferSize = info->MaxBufferSize = b[224] | b[225] << 8;
	}
	release(dev);
	return sar;
}

SKF SKF_SetLabel(DEVHANDLE h, LPSTR label) {
	static _Thread_local answer a;
	ULONG sar;
	object *dev = grab(h, DEVICE, &sar);
	if (!dev)
		return sar;
	if (!label || strlen(label) > 31) {
		sar = label ? SAR_NAMELENERR : SAR_INVALIDPARAMERR;
	} else {
		command c = start(INS_LABEL, 0, 0);
		put(&c, label, strlen(label));
		sar = send(dev, &c, 0, &a, NULL);
	}
	release(dev);
	return sar;
}

/* PC/SC knows no transaction with a time limit: this waits as long as it takes. */
SKF SKF_LockDev(DEVHANDLE h, ULONG timeout) {
	(void)timeout;
	ULONG sar;
	object *dev = grab(h, DEVICE, &sar);
	if (!dev)
		return sar;
	sar = begin(dev);
	release(dev);
	return sar;
}

SKF SKF_UnlockDev(DEVHANDLE h) {
	ULONG sar;
	object *dev = grab(h, DEVICE, &sar);
	if (!dev)
		return sar;
	sar = dev->gone ? SAR_DEVICE_REMOVED : SAR_OK;
	if (!sar)
		end(dev);
	release(dev);
	return sar;
}

/* ---- events ---- */

static pthread_mutex_t watching = PTHREAD_MUTEX_INITIALIZER; /* one waits at a time */

static pthread_mutex_t cancelling = PTHREAD_MUTEX_INITIALIZER; /* guards the rest */
static SCARDCONTEXT waiting;
static int isWaiting;
static unsigned cancelled;

static slot *find(slot *slots, int n, const char *serial) {
	for (int i = 0; i < n; i++)
		if (!strcmp(slots[i].serial, serial))
			return &slots[i];
	return NULL;
}

/* differs reports the first difference between what was seen and now. */
static int differs(slot *now, int n, LPSTR name, ULONG *nameLen, ULONG *event, ULONG *sar) {
	for (int i = 0; i < nSeen; i++)
		if (*seen[i].serial && !find(now, n, seen[i].serial)) {
			*sar = deliver(seen[i].serial, strlen(seen[i].serial) + 1, name, nameLen);
			if (*sar == SAR_OK && name) {
				*event = EVENT_REMOVE;
				seen[i].serial[0] = 0;
			}
			return 1;
		}
	for (int i = 0; i < n; i++)
		if (*now[i].serial && !find(seen, nSeen, now[i].serial)) {
			*sar = deliver(now[i].serial, strlen(now[i].serial) + 1, name, nameLen);
			if (*sar == SAR_OK && name) {
				*event = EVENT_INSERT;
				slot *room = find(seen, nSeen, "");
				if (!room && nSeen < READERS)
					room = &seen[nSeen++];
				if (room)
					*room = now[i];
			}
			return 1;
		}
	return 0;
}

static int tell(slot *now, int n, LPSTR name, ULONG *nameLen, ULONG *event, ULONG *sar) {
	pthread_mutex_lock(&telling);
	int told = differs(now, n, name, nameLen, event, sar);
	pthread_mutex_unlock(&telling);
	return told;
}

/* await sleeps until a reader changes, or a second has passed, or it is woken. */
static void await(SCARDCONTEXT context, slot *now, int n, SCARD_READERSTATE *states) {
	states[0].szReader = "\\\\?PnP?\\Notification";
	for (int i = 0; i < n; i++)
		states[i + 1].szReader = now[i].name;
	if (SCardGetStatusChange(context, 1000, states, n + 1) != SCARD_S_SUCCESS)
		return;
	for (int i = 0; i <= n; i++)
		states[i].dwCurrentState = states[i].dwEventState & ~SCARD_STATE_CHANGED;
}

/* wait marks context as the one to wake, unless somebody cancelled since before. */
static int wait(SCARDCONTEXT context, unsigned before) {
	pthread_mutex_lock(&cancelling);
	int go = cancelled == before;
	waiting = context;
	isWaiting = go;
	pthread_mutex_unlock(&cancelling);
	return go;
}

static unsigned cancellations(void) {
	pthread_mutex_lock(&cancelling);
	unsigned n = cancelled;
	isWaiting = 0;
	pthread_mutex_unlock(&cancelling);
	return n;
}

static ULONG waitForEvent(SCARDCONTEXT context, LPSTR name, ULONG *nameLen, ULONG *event) {
	slot now[READERS];
	SCARD_READERSTATE states[READERS + 1] = {0}; /* at first unaware: the first wait returns at once */
	ULONG sar = SAR_NOT_EVENTERR;
	unsigned before = cancellations();
	for (;;) {
		int n = scan(context, now);
		if (n < 0)
			return SAR_FAIL;
		firstLook(now, n);
		if (tell(now, n, name, nameLen, event, &sar))
			return sar;
		int go = wait(context, before);
		if (go)
			await(context, now, n, states);
		if (!go || cancellations() != before)
			return SAR_NOT_EVENTERR;
	}
}

SKF SKF_WaitForDevEvent(LPSTR name, ULONG *nameLen, ULONG *event) {
	if (!nameLen || !event)
		return SAR_INVALIDPARAMERR;
	SCARDCONTEXT context;
	ULONG sar = SAR_FAIL;
	pthread_mutex_lock(&watching);
	if (SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL, &context) == SCARD_S_SUCCESS) {
		sar = waitForEvent(context, name, nameLen, event);
		SCardReleaseContext(context);
	}
	pthread_mutex_unlock(&watching);
	return sar;
}

SKF SKF_CancelWaitForDevEvent(void) {
	pthread_mutex_lock(&cancelling);
	cancelled++;
	if (isWaiting)
		SCardCancel(waiting);
	pthread_mutex_unlock(&cancelling);
	return SAR_OK;
}
