namespace Serverless.Domain;

/// <summary>Why the domain refuses a request. Each dialect says it in its own words and status.</summary>
public enum Refusal
{
    /// <summary>The input is wrong; the message names the member.</summary>
    Invalid,

    /// <summary>There is no such thing, or it is another tenant's.</summary>
    NotFound,

    /// <summary>Something of that name is there already.</summary>
    Exists,

    /// <summary>The stored version is not the one that the caller has seen.</summary>
    PreconditionFailed,

    /// <summary>The caller's role does not allow it.</summary>
    Forbidden,
}

/// <summary>A request that the domain refuses, with a message for the caller.</summary>
public sealed class DomainException(Refusal refusal, string message, string? member = null) : Exception(message)
{
    public Refusal Refusal { get; } = refusal;

    /// <summary>The member of the input that is wrong, where one is.</summary>
    public string? Member { get; } = member;

    public static DomainException Invalid(string member, string message) => new(Refusal.Invalid, message, member);

    public static DomainException NotFound(string what) => new(Refusal.NotFound, $"There is no {what}.");
}
