namespace Serverless.Dialects.Authentication.Entra;

/// <summary>Why a token of Entra ID proves nothing here. Logs say it; the caller learns only that it is not known.</summary>
internal enum EntraRefusal
{
    /// <summary>The token is good.</summary>
    None,

    /// <summary>The directory (tid) is none whose tokens are taken.</summary>
    Directory,

    /// <summary>It is no access token: an ID token, encrypted, bound to a key, or of a version that is not known.</summary>
    Kind,

    /// <summary>It is signed with an algorithm that the metadata does not name, or that is none for signatures of an issuer.</summary>
    Algorithm,

    /// <summary>Its key is none of the issuer's, or one that the issuer uses for other directories.</summary>
    Key,

    /// <summary>The signature is not by its key.</summary>
    Signature,

    /// <summary>The issuer is not the one of its directory.</summary>
    Issuer,

    /// <summary>It is for another API.</summary>
    Audience,

    /// <summary>It has expired, or is not valid yet.</summary>
    Lifetime,
}
