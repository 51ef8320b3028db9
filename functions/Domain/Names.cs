namespace Serverless.Domain;

/// <summary>What may be a name.</summary>
public static class Names
{
    /// <summary>1 to 64 of a-z, A-Z, 0-9, - and _, so that it stands in any path, key and topic as it is.</summary>
    public static bool IsIdentifier(string name) =>
        name.Length is > 0 and <= 64 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');

    /// <summary>1 to 128 characters without a slash or control character; a slash separates tenant and user in a login name.</summary>
    public static bool IsUserName(string name) => name.Length is > 0 and <= 128 && !name.Any(c => c is '/' || char.IsControl(c));

    /// <summary>An IoT Hub device id: 1 to 128 of ASCII letters, digits and - . _ : % # * ? ! ( ) , = @ $ '.</summary>
    public static bool IsHubId(string name) =>
        name.Length is > 0 and <= 128 && name.All(c => char.IsAsciiLetterOrDigit(c) || "-._:%#*?!(),=@$'".Contains(c));
}
