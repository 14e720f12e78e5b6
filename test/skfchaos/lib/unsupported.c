/* unsupported.c: RSA, and key agreement, which this token does not have. */
#include "chaos.h"

#pragma GCC diagnostic ignored "-Wunused-parameter"

ULONG SKF_GenExtRSAKey(DEVHANDLE hDev, ULONG ulBitsLen, RSAPRIVATEKEYBLOB *pBlob)
{
	RUN(SAR_NOTSUPPORTYETERR);
}

ULONG SKF_GenRSAKeyPair(HCONTAINER hContainer, ULONG ulBitsLen, RSAPUBLICKEYBLOB *pBlob)
{
	RUN(SAR_NOTSUPPORTYETERR);
}

ULONG SKF_ImportRSAKeyPair(HCONTAINER hContainer, ULONG ulSymAlgId, BYTE *pbWrappedKey,
	ULONG ulWrappedKeyLen, BYTE *pbEncryptedData, ULONG ulEncryptedDataLen)
{
	RUN(SAR_NOTSUPPORTYETERR);
}

ULONG SKF_RSASignData(HCONTAINER hContainer, BYTE *pbData, ULONG ulDataLen, BYTE *pbSignature, ULONG *pulSignLen)
{
	RUN(SAR_NOTSUPPORTYETERR);
}

ULONG SKF_RSAVerify(DEVHANDLE hDev, RSAPUBLICKEYBLOB *pKey, BYTE *pbData, ULONG ulDataLen, BYTE *pbSignature, ULONG ulSignLen)
{
	RUN(SAR_NOTSUPPORTYETERR);
}

ULONG SKF_RSAExportSessionKey(HCONTAINER hContainer, ULONG ulAlgId, RSAPUBLICKEYBLOB *pPubKey,
	BYTE *pbData, ULONG *pulDataLen, HANDLE *phSessionKey)
{
	RUN(SAR_NOTSUPPORTYETERR);
}

ULONG SKF_ExtRSAPubKeyOperation(DEVHANDLE hDev, RSAPUBLICKEYBLOB *pKey, BYTE *pbInput,
	ULONG ulInputLen, BYTE *pbOutput, ULONG *pulOutputLen)
{
	RUN(SAR_NOTSUPPORTYETERR);
}

ULONG SKF_ExtRSAPriKeyOperation(DEVHANDLE hDev, RSAPRIVATEKEYBLOB *pKey, BYTE *pbInput,
	ULONG ulInputLen, BYTE *pbOutput, ULONG *pulOutputLen)
{
	RUN(SAR_NOTSUPPORTYETERR);
}

ULONG SKF_GenerateAgreementDataWithECC(HCONTAINER hContainer, ULONG ulAlgId, ECCPUBLICKEYBLOB *pTempKey,
	BYTE *pbID, ULONG ulIDLen, HANDLE *phAgreement)
{
	RUN(SAR_NOTSUPPORTYETERR);
}

ULONG SKF_GenerateAgreementDataAndKeyWithECC(HCONTAINER hContainer, ULONG ulAlgId, ECCPUBLICKEYBLOB *pSponsorKey, ECCPUBLICKEYBLOB *pSponsorTempKey, ECCPUBLICKEYBLOB *pTempKey,
	BYTE *pbID, ULONG ulIDLen, BYTE *pbSponsorID, ULONG ulSponsorIDLen, HANDLE *phKey)
{
	RUN(SAR_NOTSUPPORTYETERR);
}

ULONG SKF_GenerateKeyWithECC(HANDLE hAgreement, ECCPUBLICKEYBLOB *pKey, ECCPUBLICKEYBLOB *pTempKey,
	BYTE *pbID, ULONG ulIDLen, HANDLE *phKey)
{
	RUN(SAR_NOTSUPPORTYETERR);
}
