import static java.util.Map.entry;

import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.cms.Attribute;
import org.bouncycastle.asn1.cms.ContentInfo;
import org.bouncycastle.asn1.cms.IssuerAndSerialNumber;
import org.bouncycastle.asn1.ess.SigningCertificateV2;
import org.bouncycastle.asn1.gm.GMObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cms.CMSEnvelopedData;
import org.bouncycastle.cms.CMSEnvelopedDataGenerator;
import org.bouncycastle.cms.CMSException;
import org.bouncycastle.cms.CMSProcessableByteArray;
import org.bouncycastle.cms.CMSSignedData;
import org.bouncycastle.cms.CMSSignedDataGenerator;
import org.bouncycastle.cms.DefaultCMSSignatureAlgorithmNameGenerator;
import org.bouncycastle.cms.KeyTransRecipient;
import org.bouncycastle.cms.KeyTransRecipientId;
import org.bouncycastle.cms.KeyTransRecipientInfoGenerator;
import org.bouncycastle.cms.RecipientInformation;
import org.bouncycastle.cms.RecipientOperator;
import org.bouncycastle.cms.SignerInformation;
import org.bouncycastle.cms.SignerInformationVerifier;
import org.bouncycastle.cms.jcajce.JcaSignerInfoGeneratorBuilder;
import org.bouncycastle.operator.AsymmetricKeyWrapper;
import org.bouncycastle.operator.DefaultSignatureAlgorithmIdentifierFinder;
import org.bouncycastle.operator.GenericKey;
import org.bouncycastle.operator.OperatorException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;
import org.bouncycastle.util.Selector;

/** Signed and enveloped messages (GB/T 35275-2017), read as what they are in essence: CMS. */
final class Messages {
  private Messages() {}

  static final Map<String, Judge.Question> QUESTIONS =
      Map.ofEntries(
          entry("signed", Messages::signed),
          entry("enveloped", Messages::enveloped),
          entry("make-signed", Messages::makeSigned),
          entry("make-enveloped", Messages::makeEnveloped));

  private static final String GM = "1.2.156.10197.6.1.4.2.";
  private static final ASN1ObjectIdentifier DATA = new ASN1ObjectIdentifier(GM + "1");
  private static final ASN1ObjectIdentifier SIGNED = new ASN1ObjectIdentifier(GM + "2");
  private static final ASN1ObjectIdentifier ENVELOPED = new ASN1ObjectIdentifier(GM + "3");

  /** BouncyCastle 1.72 knows 1.2.156.10197.1.501; GB/T 35275 names the algorithm by two others. */
  private static final class Names extends DefaultCMSSignatureAlgorithmNameGenerator {
    private static final List<ASN1ObjectIdentifier> SM2 =
        List.of(GMObjectIdentifiers.sm2p256v1, GMObjectIdentifiers.sm2sign);

    @Override
    public String getSignatureName(AlgorithmIdentifier digest, AlgorithmIdentifier signature) {
      if (digest.getAlgorithm().equals(GMObjectIdentifiers.sm3)
          && SM2.contains(signature.getAlgorithm())) {
        return "SM3WITHSM2";
      }
      return super.getSignatureName(digest, signature);
    }
  }

  /** signed MESSAGE [CONTENT]: every signer, by the certificates inside. */
  private static String signed(String[] args) throws Exception {
    byte[] content = args.length > 1 ? Judge.read(args[1]) : null;
    return verify(Judge.read(args[0]), content);
  }

  /** Verifies message over content, or over what is inside when content is null. */
  static String verify(byte[] message, byte[] content) throws Exception {
    var signed = new CMSSignedData(message);
    if (signed.isDetachedSignature()) {
      Judge.require(content != null, "the content is missing");
      signed = new CMSSignedData(new CMSProcessableByteArray(content), message);
    } else if (content != null) {
      Judge.same((byte[]) signed.getSignedContent().getContent(), content);
    }
    var said = new StringBuilder(signed.getSignedContentTypeOID());
    Judge.require(signed.getSignerInfos().size() > 0, "nobody signed");
    for (SignerInformation signer : signed.getSignerInfos()) {
      @SuppressWarnings("unchecked")
      Selector<X509CertificateHolder> named = signer.getSID();
      var found = signed.getCertificates().getMatches(named);
      Judge.require(found.size() == 1, "no certificate of the signer");
      X509CertificateHolder certificate = found.iterator().next();
      Judge.require(signer.verify(verifier(certificate)), "wrong signature");
      signingCertificate(signer, certificate);
      said.append(" ").append(certificate.getSubject());
    }
    return said.toString();
  }

  private static SignerInformationVerifier verifier(X509CertificateHolder c) throws Exception {
    return new SignerInformationVerifier(
        new Names(),
        new DefaultSignatureAlgorithmIdentifierFinder(),
        new JcaContentVerifierProviderBuilder().setProvider("BC").build(c),
        new JcaDigestCalculatorProviderBuilder().setProvider("BC").build());
  }

  /** The attribute signingCertificateV2, where it stands, must be of the certificate (RFC 5035). */
  private static void signingCertificate(SignerInformation signer, X509CertificateHolder c)
      throws Exception {
    if (signer.getSignedAttributes() == null) {
      return;
    }
    Attribute a =
        signer.getSignedAttributes().get(PKCSObjectIdentifiers.id_aa_signingCertificateV2);
    if (a == null) {
      return;
    }
    var id = SigningCertificateV2.getInstance(a.getAttrValues().getObjectAt(0)).getCerts()[0];
    var digest = MessageDigest.getInstance(id.getHashAlgorithm().getAlgorithm().getId(), "BC");
    boolean same = Arrays.equals(digest.digest(c.getEncoded()), id.getCertHash());
    Judge.require(same, "signingCertificateV2 is of another certificate");
  }

  /** make-signed attached|detached|bare gm|pkcs7 D CERTIFICATE CONTENT */
  private static String makeSigned(String[] args) throws Exception {
    var certificate = Certificates.read(Judge.read(args[3]));
    var signer =
        new JcaContentSignerBuilder("SM3withSM2")
            .setProvider("BC")
            .build(Keys.privateKey(Judge.read(args[2])));
    var info =
        new JcaSignerInfoGeneratorBuilder(
                new JcaDigestCalculatorProviderBuilder().setProvider("BC").build())
            .setDirectSignature(args[0].equals("bare"))
            .build(signer, certificate);
    var generator = new CMSSignedDataGenerator();
    generator.addSignerInfoGenerator(info);
    generator.addCertificate(certificate);
    var type = args[1].equals("gm") ? DATA : PKCSObjectIdentifiers.data;
    var content = new CMSProcessableByteArray(type, Judge.read(args[4]));
    var made = generator.generate(content, !args[0].equals("detached")).toASN1Structure();
    return Judge.made(in(args[1], SIGNED, made));
  }

  /** BouncyCastle writes the identifier of PKCS #7 around every message. */
  private static byte[] in(String family, ASN1ObjectIdentifier type, ContentInfo made)
      throws Exception {
    var info = family.equals("gm") ? new ContentInfo(type, made.getContent()) : made;
    return info.getEncoded("DER");
  }

  /** enveloped D CERTIFICATE MESSAGE CONTENT */
  private static String enveloped(String[] args) throws Exception {
    var certificate = Certificates.read(Judge.read(args[1]));
    var message = new CMSEnvelopedData(Judge.read(args[2]));
    var id = new KeyTransRecipientId(certificate.getIssuer(), certificate.getSerialNumber());
    RecipientInformation recipient = message.getRecipientInfos().get(id);
    Judge.require(recipient != null, "the message is for others");
    Judge.same(recipient.getContent(new Holder(Judge.read(args[0]))), Judge.read(args[3]));
    return message.getContentEncryptionAlgorithm().getAlgorithm().getId();
  }

  /** One who opens envelopes with a private key. BouncyCastle's own does not know SM2. */
  private record Holder(byte[] d) implements KeyTransRecipient {
    @Override
    public RecipientOperator getRecipientOperator(
        AlgorithmIdentifier keyAlgorithm, AlgorithmIdentifier algorithm, byte[] key)
        throws CMSException {
      if (!keyAlgorithm.getAlgorithm().equals(GMObjectIdentifiers.sm2encrypt)) {
        throw new CMSException("key under " + keyAlgorithm.getAlgorithm());
      }
      try {
        byte[] secret = Keys.open(ASN1Sequence.getInstance(key), d);
        return new RecipientOperator(SM4.decryptor(algorithm, secret));
      } catch (Exception e) {
        throw new CMSException("the key does not open", e);
      }
    }
  }

  /** make-enveloped gm|pkcs7 CERTIFICATE CONTENT: SM4-CBC, the key under SM2. */
  private static String makeEnveloped(String[] args) throws Exception {
    var certificate = Certificates.read(Judge.read(args[1]));
    var generator = new CMSEnvelopedDataGenerator();
    generator.addRecipientInfoGenerator(new Recipient(certificate));
    var type = args[0].equals("gm") ? DATA : PKCSObjectIdentifiers.data;
    var content = new CMSProcessableByteArray(type, Judge.read(args[2]));
    var made = generator.generate(content, SM4.encryptor(SM4.key(), sm4 -> sm4)).toASN1Structure();
    return Judge.made(in(args[0], ENVELOPED, made));
  }

  private static final class Recipient extends KeyTransRecipientInfoGenerator {
    Recipient(X509CertificateHolder c) throws Exception {
      super(new IssuerAndSerialNumber(c.toASN1Structure()), wrapper(c));
    }

    private static AsymmetricKeyWrapper wrapper(X509CertificateHolder c) throws Exception {
      byte[] spki = c.getSubjectPublicKeyInfo().getEncoded();
      return new AsymmetricKeyWrapper(new AlgorithmIdentifier(GMObjectIdentifiers.sm2encrypt)) {
        @Override
        public byte[] generateWrappedKey(GenericKey key) throws OperatorException {
          try {
            return Keys.seal(spki, (byte[]) key.getRepresentation());
          } catch (Exception e) {
            throw new OperatorException("wrap", e);
          }
        }
      };
    }
  }
}
