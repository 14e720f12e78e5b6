/* Inside of libskf_vcard: what its files share. */
#ifndef VCARD_H
#define VCARD_H

#include <pthread.h>
#include <stddef.h>

/* The PC/SC headers have a BOOL of 16 and a ULONG of 64 bits of their own. */
#define BOOL pcscBOOL
#define ULONG pcscULONG
#include <winscard.h>
#undef BOOL
#undef ULONG

#include "skf.h"

/* Commands of the card (GM/T 0017 shape, CLA 80); D0 is the card's own. */
enum {
	INS_LABEL = 0x02, INS_DEVINFO = 0x04, INS_DEVAUTH = 0x10, INS_CHANGEKEY = 0x12, INS_PININFO = 0x14,
	INS_CHANGEPIN = 0x16, INS_VERIFYPIN = 0x18, INS_UNBLOCK = 0x1A, INS_CLEAR = 0x1C, INS_CREATEAPP = 0x20,
	INS_ENUMAPP = 0x22, INS_DELETEAPP = 0x24, INS_OPENAPP = 0x26, INS_CLOSEAPP = 0x28, INS_CREATEFILE = 0x30, INS_DELETEFILE = 0x32,
	INS_ENUMFILES = 0x34, INS_FILEINFO = 0x36, INS_READFILE = 0x38, INS_WRITEFILE = 0x3A, INS_CREATECONT = 0x40,
	INS_OPENCONT = 0x42, INS_ENUMCONT = 0x46, INS_DELETECONT = 0x48, INS_CONTINFO = 0x4A, INS_IMPORTCERT = 0x4C,
	INS_EXPORTCERT = 0x4E, INS_RANDOM = 0x50, INS_GENKEY = 0x70, INS_IMPORTKEY = 0x72, INS_SIGN = 0x74,
	INS_VERIFY = 0x76, INS_EXPORTPUB = 0x88, INS_IMPORTSESSION = 0xA0, INS_DECINIT = 0xAC, INS_DECUPDATE = 0xB0,
	INS_DIGESTINIT = 0xB4, INS_DIGESTUPDATE = 0xB8, INS_DIGESTFINAL = 0xBA, INS_DESTROYKEY = 0xC4, INS_CARDKEY = 0xD0
};

enum { MAX_DATA = 4096, CHUNK = 2048, INFO = 288, CHALLENGE = 8, PIN_FIELD = 16, SERIAL = 32, NAME = 32, CONTAINER_NAME = 64 };

enum kind { DEVICE = 1, APPLICATION, CONTAINER, KEY, HASH };

/* An object is what a handle points to. Objects are in one list under one lock,
 * so that a stale handle, or one of another kind, is found out. */
typedef struct object {
	enum kind kind;
	struct object *next;
	struct object *device; /* itself for a device */
	int refs, dead;        /* who holds it or waits for it; no handle any more */

	/* a device */
	SCARDCONTEXT context;
	SCARDHANDLE card;
	int gone;          /* the card was pulled out or reset: nothing works any more */
	int proven;        /* SKF_DevAuth was right on this handle; the card would let others in, too */
	pthread_mutex_t turn; /* held during a call */

	/* what the card calls it */
	BYTE app[2], container[2], key[2];
	char name[CONTAINER_NAME + 1];

	/* a key: on the card, or here */
	ULONG alg;
	void *cipher; /* EVP_CIPHER_CTX of a key that is here and was initialised */
	BYTE value[16];
	int here, running, decrypt, padded;
	BYTE rest[16];
	size_t restLen;
} object;

/* A command under construction: data behind the header. */
typedef struct {
	BYTE ins, p1, p2;
	BYTE data[MAX_DATA];
	size_t len;
	int overflow;
} command;

/* An answer without its status word. */
typedef struct {
	BYTE data[65538];
	size_t len;
} answer;

command start(BYTE ins, BYTE p1, BYTE p2);
void put(command *c, const void *data, size_t len);
void put16(command *c, ULONG v);
void put32(command *c, ULONG v);
void putName(command *c, const char *name, size_t field); /* filled up with zeros */
ULONG get32(const BYTE *b);

/* send transmits a command and gives the SAR of its status word; left, which may
 * be NULL, gets the tries that 63Cx tells. The caller has the turn. */
ULONG send(object *device, const command *c, size_t le, answer *a, ULONG *left);

/* confirm gives sar, or SAR_DEVICE_REMOVED when the card is not there any more.
 * Whatever is odd goes through it: a card that is pulled while it answers leaves a
 * piece of an answer, and readers pass it on. Its last octets look like a status
 * word, perhaps of a wrong PIN. */
ULONG confirm(object *device, ULONG sar);

/* exact is send for an answer of len octets, no more and no fewer. */
ULONG exact(object *device, const command *c, size_t len, answer *a);

/* sealed appends n values of up to 16 octets, encrypted to the card for c. The
 * caller has a transaction. */
ULONG sealed(object *device, command *c, const BYTE app[2], const void *values[], const size_t lens[], int n);

ULONG begin(object *device); /* nobody else talks to the card until end */
void end(object *device);

/* grab finds an object and takes the turn of its device; release gives it back. */
object *grab(HANDLE h, enum kind kind, ULONG *sar);
void release(object *o);
object *newObject(enum kind kind, object *device);
void drop(object *o); /* releases it, too; for a device, everything on it is dropped */
void closeApplications(object *device); /* on the card; the caller has the turn */

ULONG serialOf(SCARDCONTEXT context, const char *reader, char serial[SERIAL + 1], SCARDHANDLE *keep);
ULONG deliver(const void *data, size_t len, void *out, ULONG *outLen);

#endif
