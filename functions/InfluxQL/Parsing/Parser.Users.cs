using Serverless.InfluxQL.Ast;
using Serverless.InfluxQL.Syntax;

namespace Serverless.InfluxQL.Parsing;

/// <summary>Users and what they may do.</summary>
internal sealed partial class Parser
{
    /// <summary>create user = identifier "WITH" "PASSWORD" string [ "WITH" "ALL" "PRIVILEGES" ]</summary>
    public CreateUserStatement ParseCreateUser()
    {
        var name = ParseIdent();
        Expect(Token.With, Token.Password);
        var password = ParseString();
        var admin = Accept(Token.With);
        if (admin)
        {
            Expect(Token.All, Token.Privileges);
        }

        return new CreateUserStatement(name, password, admin);
    }

    /// <summary>set password = identifier "=" string</summary>
    public SetPasswordStatement ParseSetPassword()
    {
        var name = ParseIdent();
        Expect(Token.Eq);
        return new SetPasswordStatement(name, ParseString());
    }

    /// <summary>grant = privilege ( "ON" identifier "TO" identifier | "TO" identifier ); the latter for all privileges only</summary>
    public Statement ParseGrant()
    {
        var privilege = ParsePrivilege();
        if (!NextIsOn(privilege, Token.To))
        {
            return new GrantAdminStatement(ParseIdent());
        }

        var database = ParseIdent();
        Expect(Token.To);
        return new GrantStatement(privilege, database, ParseIdent());
    }

    /// <summary>revoke = privilege ( "ON" identifier "FROM" identifier | "FROM" identifier ); the latter for all privileges only</summary>
    public Statement ParseRevoke()
    {
        var privilege = ParsePrivilege();
        if (!NextIsOn(privilege, Token.From))
        {
            return new RevokeAdminStatement(ParseIdent());
        }

        var database = ParseIdent();
        Expect(Token.From);
        return new RevokeStatement(privilege, database, ParseIdent());
    }

    /// <summary>Reads ON or, with all privileges, the word that leads to the user at once; tells which it was.</summary>
    private bool NextIsOn(Privilege privilege, Token user)
    {
        var next = ScanSkippingSpace();
        if (next.Token == Token.On || (next.Token == user && privilege == Privilege.All))
        {
            return next.Token == Token.On;
        }

        throw privilege == Privilege.All ? Unexpected(next, "ON", user.Text()) : Unexpected(next, "ON");
    }

    /// <summary>privilege = "READ" | "WRITE" | "ALL" [ "PRIVILEGES" ]</summary>
    private Privilege ParsePrivilege()
    {
        var next = ScanSkippingSpace();
        switch (next.Token)
        {
            case Token.Read:
                return Privilege.Read;
            case Token.Write:
                return Privilege.Write;
            case Token.All:
                _ = Accept(Token.Privileges);
                return Privilege.All;
            default:
                throw Unexpected(next, "READ", "WRITE", "ALL [PRIVILEGES]");
        }
    }
}
