namespace Serverless.InfluxQL.Tests;

public sealed class SanitizerTests
{
    [Theory]
    [InlineData("create user admin with password 'secret'", "create user admin with password [REDACTED]")]
    [InlineData(
        "CREATE USER a WITH PASSWORD 'se \\' cret' WITH ALL PRIVILEGES",
        "CREATE USER a WITH PASSWORD [REDACTED] WITH ALL PRIVILEGES"
    )]
    [InlineData("set password for \"admin\" = 'secret'; SHOW USERS", "set password for \"admin\" = [REDACTED]; SHOW USERS")]
    [InlineData("set password for a='x'; set password for b = y", "set password for a=[REDACTED]; set password for b = [REDACTED]")]
    [InlineData("CREATE USER a WITH /* x */ PASSWORD 'secret", "CREATE USER a WITH /* x */ PASSWORD [REDACTED]")]
    [InlineData("SELECT password FROM a", "SELECT password FROM a")]
    public void Passwords_are_hidden(string query, string sanitized) => Assert.Equal(sanitized, Sanitizer.Sanitize(query));
}
