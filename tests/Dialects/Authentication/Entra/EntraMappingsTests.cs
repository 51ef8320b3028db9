using Serverless.Dialects.Authentication.Entra;
using Serverless.Domain.Users;

namespace Serverless.Dialects.Tests.Authentication.Entra;

/// <summary>What a token opens.</summary>
public sealed class EntraMappingsTests
{
    private static readonly Guid Home = Guid.Parse(EntraCloud.Home);
    private static readonly Guid Guest = Guid.NewGuid();
    private static readonly EntraClaims Program = new(Home, "subject", "program", [], [], []);

    [Fact]
    public void Everything_that_a_mapping_names_must_be_there()
    {
        var mapping = Mapping("t1") with { Application = "PROGRAM", Role = "Write", Scope = "access", Group = "G1" };
        var all = Program with { Roles = ["Read", "Write"], Scopes = ["other", "access"], Groups = ["g0", "g1"] };

        Assert.NotNull(Find(all, mapping));
        Assert.Null(Find(all with { Directory = Guest }, mapping));
        Assert.Null(Find(all with { Application = "another" }, mapping));
        Assert.Null(Find(all with { Roles = ["Read"] }, mapping));
        Assert.Null(Find(all with { Scopes = ["access2"] }, mapping));
        Assert.Null(Find(all with { Groups = [] }, mapping));
    }

    [Fact]
    public void Each_condition_opens_by_itself()
    {
        Assert.NotNull(Find(Program with { Roles = ["a"] }, Mapping("t1") with { Role = "a" }));
        Assert.NotNull(Find(Program with { Scopes = ["a"] }, Mapping("t1") with { Scope = "a" }));
        Assert.NotNull(Find(Program with { Groups = ["a"] }, Mapping("t1") with { Group = "A" }));
        Assert.NotNull(Find(Program, Mapping("t1") with { Application = "program" }));
    }

    [Fact]
    public void A_program_that_is_named_alone_is_the_program_and_not_its_users()
    {
        var program = Mapping("t1") with { Application = "program" };
        var user = Program with { Scopes = ["access"] };

        Assert.NotNull(Find(Program, program));
        Assert.Null(Find(user, program));
        Assert.NotNull(Find(user, program with { Scope = "access" }));
    }

    [Fact]
    public void The_first_that_fits_says_the_tenant_and_the_roles_in_it_add_up()
    {
        var found = Find(
            Program with
            {
                Roles = ["a", "b", "c"],
            },
            Mapping("t0") with
            {
                Role = "d",
            },
            Mapping("t2") with
            {
                Role = "b",
            },
            Mapping("t1", Roles.Admin) with
            {
                Role = "a",
            },
            Mapping("t2", Roles.User, Roles.Reader) with
            {
                Role = "c",
            }
        );

        Assert.Equal("t2", found!.Value.Tenant);
        Assert.Equal([Roles.Reader, Roles.User], found.Value.Roles);
    }

    [Fact]
    public void A_mapping_is_of_one_directory()
    {
        var mapping = Mapping("t1") with { Directory = Guest.ToString("D").ToUpperInvariant(), Role = "a" };

        Assert.Null(Find(Program with { Roles = ["a"] }, mapping));
        Assert.NotNull(Find(Program with { Directory = Guest, Roles = ["a"] }, mapping));
    }

    private static EntraMapping Mapping(string tenant, params string[] roles) =>
        new() { Tenant = tenant, Roles = roles.Length > 0 ? roles : [Roles.Reader] };

    private static (string Tenant, IReadOnlyList<string> Roles)? Find(EntraClaims claims, params EntraMapping[] mappings) =>
        new EntraMappings(
            new EntraOptions
            {
                Directory = EntraCloud.Home,
                Audiences = ["us"],
                Mappings = mappings,
            }
        ).Find(claims);
}
