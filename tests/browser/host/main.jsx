// A page with the rooms of Stash that plugins add to, and nothing else of Stash.
import "./api";
import { ApolloProvider } from "@apollo/client";
import { faCircleQuestion, faCog, faPlayCircle } from "@fortawesome/free-solid-svg-icons";
import { FontAwesomeIcon } from "@fortawesome/react-fontawesome";
import React from "react";
import { Button, Navbar } from "react-bootstrap";
import ReactDOM from "react-dom";
import { IntlProvider } from "react-intl";
import { BrowserRouter, Link, NavLink, Route, Switch } from "react-router-dom";
import { container, PluginRoutes } from "./patching";
import { PluginsLoader } from "./plugins";
import { client } from "./queries";
import { Scene, Scenes } from "./scenes";
import { Settings } from "./settings";

const MenuItems = container("MainNavBar.MenuItems");
const UtilityItems = container("MainNavBar.UtilityItems");

function MainNavBar() {
  return (
    <Navbar fixed="top" variant="dark" bg="dark" className="top-nav">
      <div className="navbar-nav mr-auto">
        <Link to="/" className="minimal brand-link btn btn-primary">
          Stash
        </Link>
        <MenuItems>
          <NavLink to="/scenes" className="minimal nav-menu btn btn-primary">
            <FontAwesomeIcon icon={faPlayCircle} /> <span>Scenes</span>
          </NavLink>
        </MenuItems>
      </div>
      <div className="navbar-buttons flex-row ml-auto d-flex">
        <UtilityItems>
          <NavLink className="nav-utility" to="/settings">
            <Button className="minimal" title="Settings">
              <FontAwesomeIcon icon={faCog} />
            </Button>
          </NavLink>
          <Button className="nav-utility minimal" title="Help">
            <FontAwesomeIcon icon={faCircleQuestion} />
          </Button>
        </UtilityItems>
      </div>
    </Navbar>
  );
}

function App() {
  return (
    <PluginsLoader>
      <MainNavBar />
      <main className="main container-fluid">
        <Switch>
          <Route exact path="/" render={() => <h2>Front page</h2>} />
          <Route path="/scenes/:id" component={Scene} />
          <Route path="/scenes" component={Scenes} />
          <Route path="/settings" component={Settings} />
          <PluginRoutes />
          <Route render={() => <h2>Page not found</h2>} />
        </Switch>
      </main>
    </PluginsLoader>
  );
}

ReactDOM.render(
  <ApolloProvider client={client}>
    <IntlProvider locale="en-GB">
      <BrowserRouter>
        <App />
      </BrowserRouter>
    </IntlProvider>
  </ApolloProvider>,
  document.getElementById("root"),
);
