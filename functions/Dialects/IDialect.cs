using Microsoft.AspNetCore.Routing;

namespace Serverless.Dialects;

/// <summary>One vendor's API, or our own: routes, codec, error format, authentication and limits. It holds no state and no business rule.</summary>
public interface IDialect
{
    /// <summary>Its name, as logs and metrics say it.</summary>
    string Name { get; }

    void Map(IEndpointRouteBuilder routes);

    /// <summary>Lines to paste into a shell that show the dialect at work.</summary>
    /// <param name="example">What to put into them.</param>
    IEnumerable<string> Examples(ExampleValues example);
}

/// <summary>What a fresh cloud puts into the examples that it prints.</summary>
/// <param name="Url">The base URL, without a slash at the end.</param>
/// <param name="User">A login name.</param>
/// <param name="Password">Its password.</param>
/// <param name="DeviceUuid">A device's UUID.</param>
/// <param name="Measurement">A measurement that the device sends.</param>
public sealed record ExampleValues(string Url, string User, string Password, string DeviceUuid, string Measurement);
