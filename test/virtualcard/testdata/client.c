/* Calls libskf_vcard as a program of the field would: it loads the library by
 * name. Each line of standard input is a call, with its octets in hexadecimal and
 * its texts bare; each is answered by a line: the SAR, then what came out.
 *
 *     client LIBRARY
 */
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../driver/skf.h"

static void *library;

#define CALL(f) ((__typeof__(&f))load(#f))

static void *load(const char *name) {
	void *f = dlsym(library, name);
	if (!f) {
		fprintf(stderr, "%s\n", dlerror());
		exit(1);
	}
	return f;
}

static DEVHANDLE dev;
static HAPPLICATION app;
static HCONTAINER container;
static HANDLE key;
static pthread_mutex_t output = PTHREAD_MUTEX_INITIALIZER;

static void say(const char *what, ULONG sar, const BYTE *b, ULONG n) {
	pthread_mutex_lock(&output);
	printf("%s %08X ", what, sar);
	for (ULONG i = 0; sar == SAR_OK && i < n; i++)
		printf("%02x", b[i]);
	printf("\n");
	fflush(stdout);
	pthread_mutex_unlock(&output);
}

static void sayNumber(const char *what, ULONG sar, ULONG a, ULONG b, ULONG c) {
	pthread_mutex_lock(&output);
	printf("%s %08X %u %u %u\n", what, sar, a, b, c);
	fflush(stdout);
	pthread_mutex_unlock(&output);
}

static ULONG hex(const char *s, BYTE *b) {
	ULONG n = 0;
	for (unsigned v; s && sscanf(s + 2 * n, "%2x", &v) == 1; n++)
		b[n] = v;
	return n;
}

/* watch tells events until it is cancelled. */
static void *watch(void *unused) {
	(void)unused;
	for (;;) {
		char name[64];
		ULONG len = sizeof name, event = 0;
		ULONG sar = CALL(SKF_WaitForDevEvent)(name, &len, &event);
		pthread_mutex_lock(&output);
		printf("event %08X %u %s\n", sar, event, sar ? "" : name);
		fflush(stdout);
		pthread_mutex_unlock(&output);
		if (sar)
			return NULL;
	}
}

static BYTE in[1 << 16], out[1 << 16];

/* session decrypts in with the key of the container: at once, then in parts. */
static void session(const char *wrapped, const char *iv, const char *text) {
	BYTE blob[1024];
	BLOCKCIPHERPARAM p = {.IVLen = 16, .PaddingType = 1};
	ULONG len, total = 0, n = hex(wrapped, blob);
	hex(iv, p.IV);
	ULONG sar = CALL(SKF_ImportSessionKey)(container, SGD_SM4_CBC, blob, n, &key);
	n = hex(text, in);
	if (!sar)
		sar = CALL(SKF_DecryptInit)(key, p);
	len = sizeof out;
	if (!sar)
		sar = CALL(SKF_Decrypt)(key, in, n, out, &len);
	say("plain", sar, out, len);
	sar = CALL(SKF_DecryptInit)(key, p);
	for (ULONG i = 0; !sar && i < n; i += 7) {
		len = sizeof out - total;
		sar = CALL(SKF_DecryptUpdate)(key, in + i, n - i < 7 ? n - i : 7, out + total, &len);
		total += len;
	}
	len = sizeof out - total;
	if (!sar)
		sar = CALL(SKF_DecryptFinal)(key, out + total, &len);
	say("plain", sar, out, total + len);
	say("closekey", CALL(SKF_CloseHandle)(key), NULL, 0);
}

/* authenticate answers a challenge with the device key, as programs do. */
static ULONG authenticate(const char *text) {
	BYTE value[16], block[16] = {0}, answer[16];
	BLOCKCIPHERPARAM p = {0};
	ULONG len = sizeof answer;
	hex(text, value);
	ULONG sar = CALL(SKF_GenRandom)(dev, block, 8);
	if (!sar)
		sar = CALL(SKF_SetSymmKey)(dev, value, SGD_SM4_ECB, &key);
	if (!sar)
		sar = CALL(SKF_EncryptInit)(key, p);
	if (!sar)
		sar = CALL(SKF_Encrypt)(key, block, 16, answer, &len);
	if (!sar)
		sar = CALL(SKF_DevAuth)(dev, answer, 16);
	CALL(SKF_CloseHandle)(key);
	return sar;
}

#define IS(s) (!strcmp(verb, s))

static void obey(const char *verb, char *a, char *b, char *c) {
	ULONG n = sizeof out, x = 0, y = 0;
	BOOL first = 0;
	pthread_t thread;
	if (IS("enum")) {
		ULONG sar = CALL(SKF_EnumDev)(1, (LPSTR)out, &n);
		say(verb, sar, out, n);
	} else if (IS("watch")) {
		pthread_create(&thread, NULL, watch, NULL);
		pthread_detach(thread);
		say(verb, SAR_OK, NULL, 0);
	} else if (IS("cancel")) {
		say(verb, CALL(SKF_CancelWaitForDevEvent)(), NULL, 0);
	} else if (IS("state")) {
		ULONG sar = CALL(SKF_GetDevState)(a, &x);
		sayNumber(verb, sar, x, 0, 0);
	} else if (IS("connect")) {
		say(verb, CALL(SKF_ConnectDev)(a, &dev), NULL, 0);
	} else if (IS("disconnect")) {
		say(verb, CALL(SKF_DisConnectDev)(dev), NULL, 0);
	} else if (IS("info")) {
		ULONG sar = CALL(SKF_GetDevInfo)(dev, (DEVINFO *)out);
		say(verb, sar, out, sizeof(DEVINFO));
	} else if (IS("label")) {
		say(verb, CALL(SKF_SetLabel)(dev, a), NULL, 0);
	} else if (IS("lock")) {
		say(verb, CALL(SKF_LockDev)(dev, 0xFFFFFFFF), NULL, 0);
	} else if (IS("unlock")) {
		say(verb, CALL(SKF_UnlockDev)(dev), NULL, 0);
	} else if (IS("auth")) {
		say(verb, authenticate(a), NULL, 0);
	} else if (IS("newkey")) {
		hex(a, in);
		say(verb, CALL(SKF_ChangeDevAuthKey)(dev, in, 16), NULL, 0);
	} else if (IS("createapp")) {
		say(verb, CALL(SKF_CreateApplication)(dev, a, b, 10, c, 10, 0x10, &app), NULL, 0);
	} else if (IS("deleteapp")) {
		say(verb, CALL(SKF_DeleteApplication)(dev, a), NULL, 0);
	} else if (IS("apps")) {
		ULONG sar = CALL(SKF_EnumApplication)(dev, (LPSTR)out, &n);
		say(verb, sar, out, n);
	} else if (IS("open")) {
		say(verb, CALL(SKF_OpenApplication)(dev, a, &app), NULL, 0);
	} else if (IS("pininfo")) {
		ULONG sar = CALL(SKF_GetPINInfo)(app, atoi(a), &x, &y, &first);
		sayNumber(verb, sar, x, y, first);
	} else if (IS("verify")) {
		x = 99;
		ULONG sar = CALL(SKF_VerifyPIN)(app, atoi(a), b, &x);
		sayNumber(verb, sar, x, 0, 0);
	} else if (IS("change")) {
		x = 99;
		ULONG sar = CALL(SKF_ChangePIN)(app, USER_TYPE, a, b, &x);
		sayNumber(verb, sar, x, 0, 0);
	} else if (IS("unblock")) {
		x = 99;
		ULONG sar = CALL(SKF_UnblockPIN)(app, a, b, &x);
		sayNumber(verb, sar, x, 0, 0);
	} else if (IS("clear")) {
		say(verb, CALL(SKF_ClearSecureState)(app), NULL, 0);
	} else if (IS("container")) {
		ULONG sar = CALL(SKF_CreateContainer)(app, a, &container);
		say(verb, sar, NULL, 0);
	} else if (IS("opencontainer")) {
		say(verb, CALL(SKF_OpenContainer)(app, a, &container), NULL, 0);
	} else if (IS("containers")) {
		ULONG sar = CALL(SKF_EnumContainer)(app, (LPSTR)out, &n);
		say(verb, sar, out, n);
	} else if (IS("type")) {
		ULONG sar = CALL(SKF_GetContainerType)(container, &x);
		sayNumber(verb, sar, x, 0, 0);
	} else if (IS("generate")) {
		ULONG sar = CALL(SKF_GenECCKeyPair)(container, SGD_SM2_1, (ECCPUBLICKEYBLOB *)out);
		say(verb, sar, out, sizeof(ECCPUBLICKEYBLOB));
	} else if (IS("public")) {
		ULONG sar = CALL(SKF_ExportPublicKey)(container, atoi(a), out, &n);
		say(verb, sar, out, n);
	} else if (IS("sign")) {
		ULONG len = hex(a, in);
		ULONG sar = CALL(SKF_ECCSignData)(container, in, len, (ECCSIGNATUREBLOB *)out);
		say(verb, sar, out, sizeof(ECCSIGNATUREBLOB));
	} else if (IS("check")) { /* public, digest, signature */
		hex(a, in);
		hex(b, in + 1000);
		hex(c, in + 2000);
		say(verb, CALL(SKF_ECCVerify)(dev, (ECCPUBLICKEYBLOB *)in, in + 1000, 32, (ECCSIGNATUREBLOB *)(in + 2000)), NULL, 0);
	} else if (IS("digest")) { /* message, public */
		ULONG len = hex(a, in);
		BYTE *pub = in + 60000;
		hex(b, pub);
		ULONG sar = CALL(SKF_DigestInit)(dev, SGD_SM3, b ? (ECCPUBLICKEYBLOB *)pub : NULL, (BYTE *)"1234567812345678", b ? 16 : 0, &key);
		if (!sar)
			sar = CALL(SKF_Digest)(key, in, len, out, &n);
		say(verb, sar, out, n);
		CALL(SKF_CloseHandle)(key);
	} else if (IS("importkey")) {
		hex(a, in);
		say(verb, CALL(SKF_ImportECCKeyPair)(container, (ENVELOPEDKEYBLOB *)in), NULL, 0);
	} else if (IS("importcert")) {
		ULONG len = hex(b, in);
		say(verb, CALL(SKF_ImportCertificate)(container, atoi(a), in, len), NULL, 0);
	} else if (IS("exportcert")) {
		ULONG sar = CALL(SKF_ExportCertificate)(container, atoi(a), out, &n);
		say(verb, sar, out, n);
	} else if (IS("session")) {
		session(a, b, c);
	} else if (IS("createfile")) {
		say(verb, CALL(SKF_CreateFile)(app, a, atoi(b), 0xFF, 0x10), NULL, 0);
	} else if (IS("writefile")) {
		ULONG len = hex(b, in);
		say(verb, CALL(SKF_WriteFile)(app, a, 0, in, len), NULL, 0);
	} else if (IS("readfile")) {
		ULONG sar = CALL(SKF_ReadFile)(app, a, 0, atoi(b), out, &n);
		say(verb, sar, out, n);
	} else if (IS("files")) {
		ULONG sar = CALL(SKF_EnumFiles)(app, (LPSTR)out, &n);
		say(verb, sar, out, n);
	} else if (IS("random")) {
		say(verb, CALL(SKF_GenRandom)(dev, out, atoi(a)), out, atoi(a));
	} else {
		fprintf(stderr, "unknown: %s\n", verb);
		exit(1);
	}
}

int main(int argc, char **argv) {
	static char line[1 << 17];
	if (argc != 2 || !(library = dlopen(argv[1], RTLD_NOW))) {
		fprintf(stderr, "%s\n", argc == 2 ? dlerror() : "client LIBRARY");
		return 1;
	}
	while (fgets(line, sizeof line, stdin)) {
		char *word[4] = {strtok(line, " \n")};
		for (int i = 1; i < 4; i++)
			word[i] = strtok(NULL, " \n");
		if (word[0])
			obey(word[0], word[1], word[2], word[3]);
	}
	return 0;
}
