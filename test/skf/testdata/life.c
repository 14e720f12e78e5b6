/*
 * life LIBRARY: the life of a key over an SKF library, as any program would go
 * through it. What needs an authority is asked of whoever started the program:
 * lines of hex go out and come in. Buffers are from malloc, of exactly the size
 * that was asked for, so that AddressSanitizer sees every octet too many.
 */
#include "client.h"

#include <pthread.h>
#include <time.h>

static const char *all[] = {
	"SKF_WaitForDevEvent", "SKF_CancelWaitForDevEvent", "SKF_EnumDev", "SKF_ConnectDev", "SKF_DisConnectDev",
	"SKF_GetDevState", "SKF_SetLabel", "SKF_GetDevInfo", "SKF_LockDev", "SKF_UnlockDev", "SKF_Transmit",
	"SKF_ChangeDevAuthKey", "SKF_DevAuth", "SKF_ChangePIN", "SKF_GetPINInfo", "SKF_VerifyPIN", "SKF_UnblockPIN",
	"SKF_ClearSecureState", "SKF_CreateApplication", "SKF_EnumApplication", "SKF_DeleteApplication",
	"SKF_OpenApplication", "SKF_CloseApplication", "SKF_CreateFile", "SKF_DeleteFile", "SKF_EnumFiles",
	"SKF_GetFileInfo", "SKF_ReadFile", "SKF_WriteFile", "SKF_CreateContainer", "SKF_DeleteContainer",
	"SKF_OpenContainer", "SKF_CloseContainer", "SKF_EnumContainer", "SKF_GetContainerType",
	"SKF_ImportCertificate", "SKF_ExportCertificate", "SKF_ExportPublicKey", "SKF_GenRandom", "SKF_GenExtRSAKey",
	"SKF_GenRSAKeyPair", "SKF_ImportRSAKeyPair", "SKF_RSASignData", "SKF_RSAVerify", "SKF_RSAExportSessionKey",
	"SKF_ExtRSAPubKeyOperation", "SKF_ExtRSAPriKeyOperation", "SKF_GenECCKeyPair", "SKF_ImportECCKeyPair",
	"SKF_ECCSignData", "SKF_ECCVerify", "SKF_ECCExportSessionKey", "SKF_ExtECCEncrypt", "SKF_ExtECCDecrypt",
	"SKF_ExtECCSign", "SKF_ExtECCVerify", "SKF_GenerateAgreementDataWithECC",
	"SKF_GenerateAgreementDataAndKeyWithECC", "SKF_GenerateKeyWithECC", "SKF_ImportSessionKey", "SKF_SetSymmKey",
	"SKF_EncryptInit", "SKF_Encrypt", "SKF_EncryptUpdate", "SKF_EncryptFinal", "SKF_DecryptInit", "SKF_Decrypt",
	"SKF_DecryptUpdate", "SKF_DecryptFinal", "SKF_DigestInit", "SKF_Digest", "SKF_DigestUpdate",
	"SKF_DigestFinal", "SKF_MacInit", "SKF_Mac", "SKF_MacUpdate", "SKF_MacFinal", "SKF_CloseHandle",
};

static DEVHANDLE dev;
static HAPPLICATION app;
static HCONTAINER container;

/* list asks for the length, then for too little, then for all of a list. */
static char *list(ULONG(DEVAPI *ask)(HANDLE, LPSTR, ULONG *), HANDLE h)
{
	ULONG n = 0, less;
	OK(ask(h, NULL, &n));
	CHECK(n >= 2);
	less = n - 1;
	char *small = malloc(less), *out = malloc(n);
	WANT(SAR_BUFFER_TOO_SMALL, ask(h, small, &less));
	CHECK(less == n);
	OK(ask(h, out, &n));
	CHECK(out[n - 1] == 0 && out[n - 2] == 0);
	free(small);
	return out;
}

static void connect_device(void)
{
	ULONG n = 0, state = 9;
	OK(CALL(SKF_EnumDev, 1, NULL, &n));
	char *names = malloc(n);
	OK(CALL(SKF_EnumDev, 1, names, &n));
	OK(CALL(SKF_GetDevState, names, &state));
	CHECK(state == DEV_PRESENT_STATE);
	OK(CALL(SKF_ConnectDev, names, &dev));
	free(names);

	BYTE probe[512];
	memset(probe, 0xA5, sizeof probe);
	OK(CALL(SKF_GetDevInfo, dev, (DEVINFO *)probe));
	int written = sizeof probe;
	while (written > 0 && probe[written - 1] == 0xA5)
		written--;
	CHECK(written == sizeof(DEVINFO));
	DEVINFO *info = malloc(sizeof *info);
	OK(CALL(SKF_SetLabel, dev, "C client"));
	OK(CALL(SKF_GetDevInfo, dev, info));
	CHECK(!strcmp(info->Label, "C client") && info->DevAuthAlgId == SGD_SM4_ECB && info->AlgHashCap == SGD_SM3);
	CHECK(info->MaxBufferSize >= 4096);
	free(info);
	OK(CALL(SKF_LockDev, dev, 1000));
	OK(CALL(SKF_UnlockDev, dev));
}

static ULONG authenticate(const char *key)
{
	BYTE challenge[16] = {0}, answer[16];
	HANDLE h;
	ULONG n = sizeof answer;
	BLOCKCIPHERPARAM none;
	memset(&none, 0, sizeof none);
	OK(CALL(SKF_GenRandom, dev, challenge, 8));
	OK(CALL(SKF_SetSymmKey, dev, (BYTE *)key, SGD_SM4_ECB, &h));
	OK(CALL(SKF_EncryptInit, h, none));
	OK(CALL(SKF_Encrypt, h, challenge, 16, answer, &n));
	OK(CALL(SKF_CloseHandle, h));
	return CALL(SKF_DevAuth, dev, answer, n);
}

#define ADMIN "Admin+60918273"
#define FIRST "Qx7-3058"
#define SECOND "93a51c77"

static void make_application(void)
{
	WANT(SAR_USER_NOT_LOGGED_IN, CALL(SKF_CreateApplication, dev, "APP", ADMIN, 10, FIRST, 10, SECURE_USER_ACCOUNT, &app));
	WANT(SAR_PIN_INCORRECT, authenticate("16 octets, wrong"));
	OK(authenticate("16 octets of key"));
	OK(CALL(SKF_CreateApplication, dev, "APP", ADMIN, 10, FIRST, 10, SECURE_USER_ACCOUNT, &app));
	OK(CALL(SKF_CloseApplication, app));
	OK(CALL(SKF_OpenApplication, dev, "APP", &app));
	char *names = list(fn("SKF_EnumApplication"), dev);
	CHECK(!strcmp(names, "APP"));
	free(names);
}

static void lock_and_unblock(void)
{
	ULONG most, left, retry;
	BOOL first;
	for (int n = 9; n >= 0; n--) {
		WANT(n ? SAR_PIN_INCORRECT : SAR_PIN_LOCKED, CALL(SKF_VerifyPIN, app, USER_TYPE, "715204", &retry));
		CHECK(retry == (ULONG)n);
	}
	WANT(SAR_PIN_LOCKED, CALL(SKF_VerifyPIN, app, USER_TYPE, FIRST, &retry));
	OK(CALL(SKF_GetPINInfo, app, USER_TYPE, &most, &left, &first));
	CHECK(most == 10 && left == 0 && first);
	OK(CALL(SKF_UnblockPIN, app, ADMIN, SECOND, &retry));
	OK(CALL(SKF_VerifyPIN, app, USER_TYPE, SECOND, &retry));
	OK(CALL(SKF_GetPINInfo, app, USER_TYPE, &most, &left, NULL));
	CHECK(left == 10);
	WANT(SAR_PIN_LEN_RANGE, CALL(SKF_VerifyPIN, app, USER_TYPE, "short", NULL));
}

/* sign signs a message: Z by the library, the value as octets of a blob. */
static void sign(ECCPUBLICKEYBLOB *pub, BYTE *message, ULONG n, ECCSIGNATUREBLOB *sig)
{
	HANDLE hash;
	BYTE e[32];
	ULONG half = n / 2, size = sizeof e;
	OK(CALL(SKF_DigestInit, dev, SGD_SM3, pub, (BYTE *)"1234567812345678", 16, &hash));
	OK(CALL(SKF_DigestUpdate, hash, message, half));
	OK(CALL(SKF_DigestUpdate, hash, message + half, n - half));
	OK(CALL(SKF_DigestFinal, hash, e, &size));
	OK(CALL(SKF_CloseHandle, hash));
	OK(CALL(SKF_ECCSignData, container, e, size, sig));
	OK(CALL(SKF_ECCVerify, dev, pub, e, size, sig));
	OK(CALL(SKF_ExtECCVerify, dev, pub, e, size, sig));
	e[0] ^= 1;
	WANT(SAR_FAIL, CALL(SKF_ECCVerify, dev, pub, e, size, sig));
}

static void export_and_compare(BOOL signing, BYTE *der, ULONG n)
{
	ULONG size = 0;
	OK(CALL(SKF_ExportCertificate, container, signing, NULL, &size));
	CHECK(size == n);
	BYTE *out = malloc(size);
	OK(CALL(SKF_ExportCertificate, container, signing, out, &size));
	CHECK(!memcmp(out, der, n));
	free(out);
}

static void issue(void)
{
	ECCPUBLICKEYBLOB *pub = malloc(sizeof *pub);
	ECCSIGNATUREBLOB *sig = malloc(sizeof *sig);
	ULONG n, type;
	OK(CALL(SKF_CreateContainer, app, "sign-1", &container));
	OK(CALL(SKF_GetContainerType, container, &type));
	CHECK(type == 0);
	OK(CALL(SKF_GenECCKeyPair, container, SGD_SM2_1, pub));
	CHECK(pub->BitLen == 256);
	say("public", pub, sizeof *pub);

	BYTE *info = hear(&n); /* CertificationRequestInfo */
	sign(pub, info, n, sig);
	free(info);
	say("request", sig, sizeof *sig);

	BYTE *der = hear(&n);
	OK(CALL(SKF_ImportCertificate, container, 1, der, n));
	export_and_compare(1, der, n);
	free(der);
	BYTE *envelope = hear(&n);
	OK(CALL(SKF_ImportECCKeyPair, container, (ENVELOPEDKEYBLOB *)envelope));
	free(envelope);
	der = hear(&n);
	WANT(SAR_INDATAERR, CALL(SKF_ImportCertificate, container, 1, der, n)); /* it is of the other pair */
	OK(CALL(SKF_ImportCertificate, container, 0, der, n));
	export_and_compare(0, der, n);
	free(der);
	OK(CALL(SKF_GetContainerType, container, &type));
	CHECK(type == 2);

	sign(pub, (BYTE *)"a document", 10, sig);
	say("signed", sig, sizeof *sig);
	free(pub);
	free(sig);
	char *names = list(fn("SKF_EnumContainer"), app);
	CHECK(!strcmp(names, "sign-1"));
	free(names);
}

/* decrypt opens a message of somebody else: session key, then SM4-CBC. */
static void decrypt(void)
{
	ULONG n, m, size = 0;
	HANDLE key;
	BLOCKCIPHERPARAM param;
	memset(&param, 0, sizeof param);
	memcpy(param.IV, "sixteen octets..", 16);
	param.IVLen = 16;
	param.PaddingType = 1;
	BYTE *wrapped = hear(&n);
	OK(CALL(SKF_ImportSessionKey, container, SGD_SM4_CBC, wrapped, n, &key));
	free(wrapped);
	BYTE *text = hear(&m);
	OK(CALL(SKF_DecryptInit, key, param));
	OK(CALL(SKF_Decrypt, key, text, m, NULL, &size));
	BYTE *plain = malloc(size);
	OK(CALL(SKF_Decrypt, key, text, m, plain, &size));
	say("plain", plain, size);
	free(plain);

	/* and back, in parts, over its own input */
	ULONG all = 0, part = m;
	OK(CALL(SKF_DecryptInit, key, param));
	OK(CALL(SKF_DecryptUpdate, key, text, m, text, &part));
	all += part;
	part = m - all;
	OK(CALL(SKF_DecryptFinal, key, text + all, &part));
	all += part;
	say("plain", text, all);
	free(text);
	OK(CALL(SKF_CloseHandle, key));
}

/* send makes a session key for the encryption key of the container. */
static void send_and_open(void)
{
	ULONG n = sizeof(ECCPUBLICKEYBLOB), size;
	ECCPUBLICKEYBLOB *pub = malloc(n);
	ECCCIPHERBLOB *wrapped = malloc(sizeof *wrapped - 1 + 16);
	HANDLE sender, receiver, mac;
	BYTE text[32], back[32], value[16];
	BLOCKCIPHERPARAM param;
	memset(&param, 0, sizeof param);
	param.IVLen = 16;
	OK(CALL(SKF_ExportPublicKey, container, 0, (BYTE *)pub, &n));
	CHECK(n == sizeof *pub);
	OK(CALL(SKF_ECCExportSessionKey, container, SGD_SM4_OFB, pub, wrapped, &sender));
	CHECK(wrapped->CipherLen == 16);
	OK(CALL(SKF_ImportSessionKey, container, SGD_SM4_OFB, (BYTE *)wrapped, sizeof *wrapped - 1 + 16, &receiver));
	OK(CALL(SKF_EncryptInit, sender, param));
	OK(CALL(SKF_DecryptInit, receiver, param));
	size = sizeof text;
	OK(CALL(SKF_Encrypt, sender, (BYTE *)"from one to the other", 21, text, &size));
	CHECK(size == 21);
	OK(CALL(SKF_Decrypt, receiver, text, 21, back, &size));
	CHECK(!memcmp(back, "from one to the other", 21));
	size = sizeof value;
	OK(CALL(SKF_MacInit, sender, &param, &mac));
	OK(CALL(SKF_MacUpdate, mac, text, 16));
	OK(CALL(SKF_MacFinal, mac, value, &size));
	CHECK(size == 16);
	OK(CALL(SKF_CloseHandle, mac));
	OK(CALL(SKF_CloseHandle, sender));
	OK(CALL(SKF_CloseHandle, receiver));

	ECCCIPHERBLOB *sealed = malloc(sizeof *sealed - 1 + 5);
	OK(CALL(SKF_ExtECCEncrypt, dev, pub, (BYTE *)"hello", 5, sealed));
	CHECK(sealed->CipherLen == 5);
	free(sealed);
	free(wrapped);
	free(pub);
}

/* agree runs a key exchange of the container with itself, where the token can. */
static void agree(void)
{
	ULONG n = sizeof(ECCPUBLICKEYBLOB), size = 16;
	ECCPUBLICKEYBLOB pub, mine, yours;
	HANDLE agreement, ours, theirs;
	BYTE a[16], b[16];
	BLOCKCIPHERPARAM none;
	memset(&none, 0, sizeof none);
	OK(CALL(SKF_ExportPublicKey, container, 0, (BYTE *)&pub, &n));
	ULONG code = CALL(SKF_GenerateAgreementDataWithECC, container, SGD_SM4_ECB, &mine, (BYTE *)"A", 1, &agreement);
	if (code == SAR_NOTSUPPORTYETERR) {
		say("no agreement", NULL, 0);
		return;
	}
	OK(code);
	OK(CALL(SKF_GenerateAgreementDataAndKeyWithECC, container, SGD_SM4_ECB, &pub, &mine, &yours, (BYTE *)"B", 1, (BYTE *)"A", 1, &theirs));
	OK(CALL(SKF_GenerateKeyWithECC, agreement, &pub, &yours, (BYTE *)"B", 1, &ours));
	OK(CALL(SKF_EncryptInit, ours, none));
	OK(CALL(SKF_EncryptInit, theirs, none));
	OK(CALL(SKF_Encrypt, ours, (BYTE *)"sixteen octets..", 16, a, &size));
	OK(CALL(SKF_Encrypt, theirs, (BYTE *)"sixteen octets..", 16, b, &size));
	CHECK(!memcmp(a, b, 16));
	OK(CALL(SKF_CloseHandle, agreement));
	say("agreement", NULL, 0);
}

static void files(void)
{
	ULONG n = 0;
	FILEATTRIBUTE *info = malloc(sizeof *info);
	OK(CALL(SKF_CreateFile, app, "seal", 64, SECURE_ANYONE_ACCOUNT, SECURE_USER_ACCOUNT));
	OK(CALL(SKF_WriteFile, app, "seal", 54, (BYTE *)"ten octets", 10));
	WANT(SAR_WRITEFILEERR, CALL(SKF_WriteFile, app, "seal", 55, (BYTE *)"ten octets", 10));
	OK(CALL(SKF_GetFileInfo, app, "seal", info));
	CHECK(!strcmp(info->FileName, "seal") && info->FileSize == 64 && info->ReadRights == 0xFF && info->WriteRights == 0x10);
	OK(CALL(SKF_ReadFile, app, "seal", 54, 100, NULL, &n));
	CHECK(n == 10);
	BYTE *data = malloc(n);
	OK(CALL(SKF_ReadFile, app, "seal", 54, 100, data, &n));
	CHECK(!memcmp(data, "ten octets", 10));
	free(data);
	free(info);
	char *names = list(fn("SKF_EnumFiles"), app);
	CHECK(!strcmp(names, "seal"));
	free(names);
	OK(CALL(SKF_DeleteFile, app, "seal"));
	WANT(SAR_FILE_NOT_EXIST, CALL(SKF_DeleteFile, app, "seal"));
}

/* misuse does what a broken program does; the process must survive. */
static void misuse(void)
{
	HANDLE wrong[] = {NULL, app, container, (HANDLE)~(uintptr_t)0, (HANDLE)(uintptr_t)0xc000012345, (HANDLE)all, (HANDLE)((uintptr_t)dev + 1)};
	DEVINFO info;
	ULONG n = 10, type;
	BYTE octet = 0;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		WANT(SAR_INVALIDHANDLEERR, CALL(SKF_GetDevInfo, wrong[i], &info));
		WANT(SAR_INVALIDHANDLEERR, CALL(SKF_CloseHandle, wrong[i]));
	}
	WANT(SAR_INVALIDHANDLEERR, CALL(SKF_GetContainerType, dev, &type));
	WANT(SAR_INVALIDHANDLEERR, CALL(SKF_VerifyPIN, container, USER_TYPE, SECOND, NULL));
	WANT(SAR_INVALIDPARAMERR, CALL(SKF_GetDevInfo, dev, NULL));
	WANT(SAR_INVALIDPARAMERR, CALL(SKF_ConnectDev, NULL, &wrong[0]));
	WANT(SAR_INVALIDPARAMERR, CALL(SKF_VerifyPIN, app, USER_TYPE, NULL, NULL));
	WANT(SAR_INVALIDPARAMERR, CALL(SKF_EnumDev, 1, NULL, NULL));
	WANT(SAR_INVALIDPARAMERR, CALL(SKF_ImportCertificate, container, 1, NULL, 100));
	WANT(SAR_INDATALENERR, CALL(SKF_ImportCertificate, container, 1, &octet, 0xFFFFFFFF));
	WANT(SAR_INDATAERR, CALL(SKF_ImportECCKeyPair, container, NULL));
	WANT(SAR_INVALIDPARAMERR, CALL(SKF_ECCSignData, container, (BYTE *)"0123456789abcdef0123456789abcdef", 32, NULL));
	WANT(SAR_NOTSUPPORTYETERR, CALL(SKF_Transmit, dev, &octet, 1, &octet, &n));
	WANT(SAR_NOTSUPPORTYETERR, CALL(SKF_GenRSAKeyPair, container, 2048, NULL));
	char *endless = malloc(4096);
	memset(endless, 'x', 4095);
	endless[4095] = 0;
	WANT(SAR_NAMELENERR, CALL(SKF_OpenApplication, dev, endless, &wrong[0]));
	WANT(SAR_PIN_LEN_RANGE, CALL(SKF_VerifyPIN, app, USER_TYPE, endless, NULL));
	free(endless);
	if (!getenv("XINZHANG_ASAN")) { /* addresses that lead nowhere: it would object */
		WANT(SAR_UNKNOWNERR, CALL(SKF_GetDevInfo, dev, (DEVINFO *)8));
		WANT(SAR_UNKNOWNERR, CALL(SKF_EnumDev, 1, (LPSTR)16, &n));
		WANT(SAR_UNKNOWNERR, CALL(SKF_OpenApplication, dev, (LPSTR)(uintptr_t)0x7fffdead0000, &wrong[0]));
	}
	OK(CALL(SKF_GetDevInfo, dev, &info));
}

static void *thread(void *pub)
{
	BYTE e[32] = {7};
	ECCSIGNATUREBLOB sig;
	for (int i = 0; i < 25; i++) {
		OK(CALL(SKF_ECCSignData, container, e, sizeof e, &sig));
		OK(CALL(SKF_ECCVerify, dev, pub, e, sizeof e, &sig));
	}
	return NULL;
}

static void threads(void)
{
	pthread_t t[4];
	ULONG n = sizeof(ECCPUBLICKEYBLOB);
	ECCPUBLICKEYBLOB pub;
	OK(CALL(SKF_ExportPublicKey, container, 1, (BYTE *)&pub, &n));
	for (int i = 0; i < 4; i++)
		pthread_create(&t[i], NULL, thread, &pub);
	for (int i = 0; i < 4; i++)
		pthread_join(t[i], NULL);
}

/* events: a token comes and goes, then the waiting is cancelled. */
static void *cancelled(void *unused)
{
	char name[64];
	ULONG n = sizeof name, event;
	(void)unused;
	WANT(SAR_NOT_EVENTERR, CALL(SKF_WaitForDevEvent, name, &n, &event));
	say("cancelled", NULL, 0);
	return NULL;
}

static void events(void)
{
	char name[64];
	ULONG n = sizeof name, event = 0;
	pthread_t t;
	say("plug", NULL, 0);
	OK(CALL(SKF_WaitForDevEvent, name, &n, &event));
	CHECK(event == DEV_EVENT_INSERT && n == 6 && !strcmp(name, "key-2"));
	say("unplug", NULL, 0);
	n = sizeof name;
	OK(CALL(SKF_WaitForDevEvent, name, &n, &event));
	CHECK(event == DEV_EVENT_REMOVE && !strcmp(name, "key-2"));
	pthread_create(&t, NULL, cancelled, NULL);
	struct timespec tenth = {0, 100000000};
	nanosleep(&tenth, NULL);
	OK(CALL(SKF_CancelWaitForDevEvent));
	pthread_join(t, NULL);
}

int main(int argc, char **argv)
{
	CHECK(argc == 2);
	open_library(argv[1]);
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		fn(all[i]);
	connect_device();
	make_application();
	lock_and_unblock();
	issue();
	decrypt();
	send_and_open();
	agree();
	files();
	misuse();
	threads();
	events();

	OK(CALL(SKF_ClearSecureState, app));
	WANT(SAR_USER_NOT_LOGGED_IN, CALL(SKF_DeleteContainer, app, "sign-1"));
	say("end", NULL, 0);
	ULONG n;
	free(hear(&n)); /* the token is gone now */
	ULONG retry;
	WANT(SAR_DEVICE_REMOVED, CALL(SKF_VerifyPIN, app, USER_TYPE, SECOND, &retry));
	WANT(SAR_DEVICE_REMOVED, CALL(SKF_ECCSignData, container, (BYTE *)"0123456789abcdef0123456789abcdef", 32, &(ECCSIGNATUREBLOB){{0}, {0}}));
	OK(CALL(SKF_DisConnectDev, dev));
	WANT(SAR_INVALIDHANDLEERR, CALL(SKF_ClearSecureState, app));
	return 0;
}
