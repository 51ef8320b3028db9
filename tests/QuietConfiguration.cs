using System.Runtime.CompilerServices;

namespace Serverless.Tests;

/// <summary>Keeps the many hosts of a test process from watching their settings: each watch is an inotify instance, of which a user has 128 by default.</summary>
internal static class QuietConfiguration
{
    /// <remarks>Processes that tests start inherit it.</remarks>
    [ModuleInitializer]
    internal static void Initialize() => Environment.SetEnvironmentVariable("DOTNET_hostBuilder__reloadConfigOnChange", "false");
}
