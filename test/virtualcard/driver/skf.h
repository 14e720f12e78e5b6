/* The part of GM/T 0016-2012 that libskf_vcard offers: ULONG of 32 bits, packed
 * structures. Written for this driver alone, so that a mistake in another header
 * of the project is not repeated here. */
#ifndef VCARD_SKF_H
#define VCARD_SKF_H

#include <stdint.h>

typedef uint8_t BYTE;
typedef char CHAR;
typedef int32_t BOOL;
typedef uint32_t ULONG;
typedef char *LPSTR;
typedef void *HANDLE;
typedef HANDLE DEVHANDLE, HAPPLICATION, HCONTAINER;

#pragma pack(push, 1)
typedef struct {
	BYTE major, minor;
} VERSION;

typedef struct {
	VERSION Version;
	CHAR Manufacturer[64], Issuer[64], Label[32], SerialNumber[32];
	VERSION HWVersion, FirmwareVersion;
	ULONG AlgSymCap, AlgAsymCap, AlgHashCap, DevAuthAlgId;
	ULONG TotalSpace, FreeSpace, MaxECCBufferSize, MaxBufferSize;
	BYTE Reserved[64];
} DEVINFO;

typedef struct {
	ULONG BitLen;
	BYTE X[64], Y[64];
} ECCPUBLICKEYBLOB;

typedef struct {
	BYTE X[64], Y[64], HASH[32];
	ULONG CipherLen;
	BYTE Cipher[1];
} ECCCIPHERBLOB;

typedef struct {
	BYTE r[64], s[64];
} ECCSIGNATUREBLOB;

typedef struct {
	BYTE IV[32];
	ULONG IVLen, PaddingType, FeedBitLen;
} BLOCKCIPHERPARAM;

typedef struct {
	ULONG Version, ulSymmAlgID, ulBits;
	BYTE cbEncryptedPriKey[64];
	ECCPUBLICKEYBLOB PubKey;
	ECCCIPHERBLOB ECCCipherBlob;
} ENVELOPEDKEYBLOB;

typedef struct {
	CHAR FileName[32];
	ULONG FileSize, ReadRights, WriteRights;
} FILEATTRIBUTE;
#pragma pack(pop)

_Static_assert(sizeof(DEVINFO) == 294, "DEVINFO");
_Static_assert(sizeof(ECCPUBLICKEYBLOB) == 132, "ECCPUBLICKEYBLOB");
_Static_assert(sizeof(BLOCKCIPHERPARAM) == 44, "BLOCKCIPHERPARAM");
_Static_assert(sizeof(FILEATTRIBUTE) == 44, "FILEATTRIBUTE");
_Static_assert(sizeof(ENVELOPEDKEYBLOB) == 373, "ENVELOPEDKEYBLOB");

enum {
	SAR_OK = 0,
	SAR_FAIL = 0x0A000001,
	SAR_NOTSUPPORTYETERR = 0x0A000003,
	SAR_FILEERR = 0x0A000004,
	SAR_INVALIDHANDLEERR = 0x0A000005,
	SAR_INVALIDPARAMERR = 0x0A000006,
	SAR_WRITEFILEERR = 0x0A000008,
	SAR_NAMELENERR = 0x0A000009,
	SAR_NOTINITIALIZEERR = 0x0A00000C,
	SAR_OBJERR = 0x0A00000D,
	SAR_MEMORYERR = 0x0A00000E,
	SAR_TIMEOUTERR = 0x0A00000F,
	SAR_INDATALENERR = 0x0A000010,
	SAR_INDATAERR = 0x0A000011,
	SAR_KEYNOTFOUNTERR = 0x0A00001B,
	SAR_CERTNOTFOUNTERR = 0x0A00001C,
	SAR_DECRYPTPADERR = 0x0A00001E,
	SAR_BUFFER_TOO_SMALL = 0x0A000020,
	SAR_NOT_EVENTERR = 0x0A000022,
	SAR_DEVICE_REMOVED = 0x0A000023,
	SAR_PIN_INCORRECT = 0x0A000024,
	SAR_PIN_LOCKED = 0x0A000025,
	SAR_PIN_INVALID = 0x0A000026,
	SAR_PIN_LEN_RANGE = 0x0A000027,
	SAR_USER_PIN_NOT_INITIALIZED = 0x0A000029,
	SAR_USER_TYPE_INVALID = 0x0A00002A,
	SAR_APPLICATION_EXISTS = 0x0A00002C,
	SAR_USER_NOT_LOGGED_IN = 0x0A00002D,
	SAR_APPLICATION_NOT_EXISTS = 0x0A00002E,
	SAR_FILE_ALREADY_EXIST = 0x0A00002F,
	SAR_NO_ROOM = 0x0A000030,
	SAR_FILE_NOT_EXIST = 0x0A000031
};

enum { SGD_SM4_ECB = 0x401, SGD_SM4_CBC = 0x402, SGD_SM3 = 1, SGD_SM2_1 = 0x20100, SGD_SM2_2 = 0x20200 };
enum { ADMIN_TYPE = 0, USER_TYPE = 1, DEV_ABSENT = 0, DEV_PRESENT = 1, EVENT_INSERT = 1, EVENT_REMOVE = 2 };

#define SKF __attribute__((visibility("default"))) ULONG

SKF SKF_WaitForDevEvent(LPSTR name, ULONG *nameLen, ULONG *event);
SKF SKF_CancelWaitForDevEvent(void);
SKF SKF_EnumDev(BOOL present, LPSTR names, ULONG *size);
SKF SKF_ConnectDev(LPSTR name, DEVHANDLE *out);
SKF SKF_DisConnectDev(DEVHANDLE dev);
SKF SKF_GetDevState(LPSTR name, ULONG *state);
SKF SKF_SetLabel(DEVHANDLE dev, LPSTR label);
SKF SKF_GetDevInfo(DEVHANDLE dev, DEVINFO *info);
SKF SKF_LockDev(DEVHANDLE dev, ULONG timeout);
SKF SKF_UnlockDev(DEVHANDLE dev);
SKF SKF_Transmit(DEVHANDLE dev, BYTE *command, ULONG commandLen, BYTE *data, ULONG *dataLen);

SKF SKF_ChangeDevAuthKey(DEVHANDLE dev, BYTE *key, ULONG len);
SKF SKF_DevAuth(DEVHANDLE dev, BYTE *answer, ULONG len);
SKF SKF_ChangePIN(HAPPLICATION app, ULONG type, LPSTR old, LPSTR next, ULONG *retry);
SKF SKF_GetPINInfo(HAPPLICATION app, ULONG type, ULONG *max, ULONG *remain, BOOL *isDefault);
SKF SKF_VerifyPIN(HAPPLICATION app, ULONG type, LPSTR pin, ULONG *retry);
SKF SKF_UnblockPIN(HAPPLICATION app, LPSTR admin, LPSTR next, ULONG *retry);
SKF SKF_ClearSecureState(HAPPLICATION app);

SKF SKF_CreateApplication(DEVHANDLE dev, LPSTR name, LPSTR admin, ULONG adminRetry, LPSTR user, ULONG userRetry,
	ULONG createFileRights, HAPPLICATION *out);
SKF SKF_EnumApplication(DEVHANDLE dev, LPSTR names, ULONG *size);
SKF SKF_DeleteApplication(DEVHANDLE dev, LPSTR name);
SKF SKF_OpenApplication(DEVHANDLE dev, LPSTR name, HAPPLICATION *out);
SKF SKF_CloseApplication(HAPPLICATION app);

SKF SKF_CreateFile(HAPPLICATION app, LPSTR name, ULONG size, ULONG readRights, ULONG writeRights);
SKF SKF_DeleteFile(HAPPLICATION app, LPSTR name);
SKF SKF_EnumFiles(HAPPLICATION app, LPSTR names, ULONG *size);
SKF SKF_GetFileInfo(HAPPLICATION app, LPSTR name, FILEATTRIBUTE *info);
SKF SKF_ReadFile(HAPPLICATION app, LPSTR name, ULONG offset, ULONG size, BYTE *out, ULONG *outLen);
SKF SKF_WriteFile(HAPPLICATION app, LPSTR name, ULONG offset, BYTE *data, ULONG size);

SKF SKF_CreateContainer(HAPPLICATION app, LPSTR name, HCONTAINER *out);
SKF SKF_DeleteContainer(HAPPLICATION app, LPSTR name);
SKF SKF_OpenContainer(HAPPLICATION app, LPSTR name, HCONTAINER *out);
SKF SKF_CloseContainer(HCONTAINER container);
SKF SKF_EnumContainer(HAPPLICATION app, LPSTR names, ULONG *size);
SKF SKF_GetContainerType(HCONTAINER container, ULONG *type);
SKF SKF_ImportCertificate(HCONTAINER container, BOOL sign, BYTE *der, ULONG len);
SKF SKF_ExportCertificate(HCONTAINER container, BOOL sign, BYTE *der, ULONG *len);
SKF SKF_ExportPublicKey(HCONTAINER container, BOOL sign, BYTE *blob, ULONG *len);
SKF SKF_GenECCKeyPair(HCONTAINER container, ULONG alg, ECCPUBLICKEYBLOB *pub);
SKF SKF_ImportECCKeyPair(HCONTAINER container, ENVELOPEDKEYBLOB *blob);
SKF SKF_ECCSignData(HCONTAINER container, BYTE *digest, ULONG len, ECCSIGNATUREBLOB *sig);
SKF SKF_ECCVerify(DEVHANDLE dev, ECCPUBLICKEYBLOB *pub, BYTE *digest, ULONG len, ECCSIGNATUREBLOB *sig);

SKF SKF_GenRandom(DEVHANDLE dev, BYTE *out, ULONG len);
SKF SKF_ImportSessionKey(HCONTAINER container, ULONG alg, BYTE *wrapped, ULONG len, HANDLE *out);
SKF SKF_SetSymmKey(DEVHANDLE dev, BYTE *key, ULONG alg, HANDLE *out);
SKF SKF_EncryptInit(HANDLE key, BLOCKCIPHERPARAM param);
SKF SKF_Encrypt(HANDLE key, BYTE *in, ULONG inLen, BYTE *out, ULONG *outLen);
SKF SKF_EncryptUpdate(HANDLE key, BYTE *in, ULONG inLen, BYTE *out, ULONG *outLen);
SKF SKF_EncryptFinal(HANDLE key, BYTE *out, ULONG *outLen);
SKF SKF_DecryptInit(HANDLE key, BLOCKCIPHERPARAM param);
SKF SKF_Decrypt(HANDLE key, BYTE *in, ULONG inLen, BYTE *out, ULONG *outLen);
SKF SKF_DecryptUpdate(HANDLE key, BYTE *in, ULONG inLen, BYTE *out, ULONG *outLen);
SKF SKF_DecryptFinal(HANDLE key, BYTE *out, ULONG *outLen);
SKF SKF_DigestInit(DEVHANDLE dev, ULONG alg, ECCPUBLICKEYBLOB *pub, BYTE *id, ULONG idLen, HANDLE *out);
SKF SKF_Digest(HANDLE hash, BYTE *in, ULONG inLen, BYTE *out, ULONG *outLen);
SKF SKF_DigestUpdate(HANDLE hash, BYTE *in, ULONG inLen);
SKF SKF_DigestFinal(HANDLE hash, BYTE *out, ULONG *outLen);
SKF SKF_CloseHandle(HANDLE handle);
#endif
