namespace Serverless.Dialects.Management;

/// <summary>A kind of error: its stable type, HTTP status and title (RFC 9457).</summary>
internal sealed record Problem(string Name, int Status, string Title)
{
    /// <summary>The URI reference that clients may compare; it never changes.</summary>
    public string Type => $"/problems/{Name}";
}

/// <summary>Every kind of error of this API.</summary>
internal static class Problems
{
    public static readonly Problem Invalid = new("invalid", 400, "The request is not well-formed");
    public static readonly Problem Unauthenticated = new("unauthenticated", 401, "The caller is not known");
    public static readonly Problem Forbidden = new("forbidden", 403, "The caller's role does not allow it");
    public static readonly Problem NotFound = new("not-found", 404, "There is no such thing");
    public static readonly Problem DeviceOffline = new("device-offline", 404, "The device is not connected");
    public static readonly Problem MethodNotAllowed = new("method-not-allowed", 405, "The resource does not know the method");
    public static readonly Problem Exists = new("exists", 409, "Something of that name is there already");
    public static readonly Problem Conflict = new("conflict", 409, "Somebody else changed it at the same moment");
    public static readonly Problem CommandEnded = new("command-ended", 409, "The command has ended already");
    public static readonly Problem WebhookNotEnabled = new("webhook-not-enabled", 409, "The webhook is not enabled");
    public static readonly Problem NotDeadLetter = new("not-dead-letter", 409, "The delivery is no dead letter");
    public static readonly Problem PreconditionFailed = new("precondition-failed", 412, "The stored version is not the one seen");
    public static readonly Problem TooLarge = new("too-large", 413, "The body is too large");
    public static readonly Problem UnsupportedMediaType = new("unsupported-media-type", 415, "The body is no JSON");
    public static readonly Problem Unavailable = new("unavailable", 503, "The store cannot answer now");
    public static readonly Problem DeviceTimeout = new("device-timeout", 504, "The device did not answer in time");

    public static readonly IReadOnlyList<Problem> All =
    [
        Invalid,
        Unauthenticated,
        Forbidden,
        NotFound,
        DeviceOffline,
        MethodNotAllowed,
        Exists,
        Conflict,
        CommandEnded,
        WebhookNotEnabled,
        NotDeadLetter,
        PreconditionFailed,
        TooLarge,
        UnsupportedMediaType,
        Unavailable,
        DeviceTimeout,
    ];
}

/// <summary>A request that this API refuses before or beside the domain.</summary>
internal sealed class ProblemException(Problem problem, string detail, string? member = null) : Exception(detail)
{
    public Problem Problem { get; } = problem;

    public string? Member { get; } = member;
}
