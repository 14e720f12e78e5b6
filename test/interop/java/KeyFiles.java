import static java.util.Map.entry;

import java.security.SecureRandom;
import java.util.Map;
import javax.crypto.SecretKeyFactory;
import org.bouncycastle.asn1.gm.GMObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.EncryptionScheme;
import org.bouncycastle.asn1.pkcs.KeyDerivationFunc;
import org.bouncycastle.asn1.pkcs.PBES2Parameters;
import org.bouncycastle.asn1.pkcs.PBKDF2Params;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.jcajce.spec.PBKDF2KeySpec;
import org.bouncycastle.operator.InputDecryptor;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfoBuilder;
import org.bouncycastle.util.Arrays;

/** Files of private keys: EncryptedPrivateKeyInfo of PKCS #8, protected by PBES2 (RFC 8018). */
final class KeyFiles {
  private KeyFiles() {}

  static final Map<String, Judge.Question> QUESTIONS =
      Map.ofEntries(
          entry("key-file", KeyFiles::keyFile), entry("make-key-file", KeyFiles::makeKeyFile));

  /** The key that PBKDF2 makes of a passphrase, with the HMAC that the parameters name. */
  private static byte[] derive(PBKDF2Params p, String passphrase) throws Exception {
    var spec =
        new PBKDF2KeySpec(
            passphrase.toCharArray(),
            p.getSalt(),
            p.getIterationCount().intValueExact(),
            128,
            p.getPrf());
    return SecretKeyFactory.getInstance("PBKDF2", "BC").generateSecret(spec).getEncoded();
  }

  /** Opens PBES2 of RFC 8018. BouncyCastle's own class does not know SM4. */
  private static InputDecryptor decryptor(AlgorithmIdentifier algorithm, String passphrase)
      throws OperatorCreationException {
    try {
      Judge.require(
          algorithm.getAlgorithm().equals(PKCSObjectIdentifiers.id_PBES2),
          "protected by " + algorithm.getAlgorithm());
      var parameters = PBES2Parameters.getInstance(algorithm.getParameters());
      var kdf = PBKDF2Params.getInstance(parameters.getKeyDerivationFunc().getParameters());
      var sm4 = AlgorithmIdentifier.getInstance(parameters.getEncryptionScheme());
      return SM4.decryptor(sm4, derive(kdf, passphrase));
    } catch (Exception e) {
      throw new OperatorCreationException("PBES2", e);
    }
  }

  /**
   * key-file PASSPHRASE FILE SPKI: an EncryptedPrivateKeyInfo with the private key of that public
   * key, which it must name itself when it names one.
   */
  private static String keyFile(String[] args) throws Exception {
    var file = new PKCS8EncryptedPrivateKeyInfo(Judge.read(args[1]));
    var info = file.decryptPrivateKeyInfo(algorithm -> decryptor(algorithm, args[0]));
    var key = ECPrivateKey.getInstance(info.parsePrivateKey());
    byte[] want =
        SubjectPublicKeyInfo.getInstance(Judge.read(args[2])).getPublicKeyData().getOctets();
    boolean same = Arrays.areEqual(Keys.point(key.getKey()), want);
    Judge.require(same, "the private key of another public key");
    boolean named = key.getPublicKey() != null;
    Judge.require(
        !named || Arrays.areEqual(key.getPublicKey().getOctets(), want), "names another public key");
    return file.getEncryptionAlgorithm().getAlgorithm().getId();
  }

  /** make-key-file PASSPHRASE D: PBES2 with SM4-CBC, PBKDF2 with HMAC-SM3. */
  private static String makeKeyFile(String[] args) throws Exception {
    byte[] salt = new byte[16];
    new SecureRandom().nextBytes(salt);
    var kdf =
        new PBKDF2Params(salt, 1000, new AlgorithmIdentifier(GMObjectIdentifiers.hmac_sm3));
    var encryptor =
        SM4.encryptor(
            derive(kdf, args[0]),
            sm4 ->
                new AlgorithmIdentifier(
                    PKCSObjectIdentifiers.id_PBES2,
                    new PBES2Parameters(
                        new KeyDerivationFunc(PKCSObjectIdentifiers.id_PBKDF2, kdf),
                        EncryptionScheme.getInstance(sm4))));
    var file =
        new PKCS8EncryptedPrivateKeyInfoBuilder(Keys.privateKeyInfo(Judge.read(args[1])))
            .build(encryptor);
    return Judge.made(file.getEncoded());
  }
}
